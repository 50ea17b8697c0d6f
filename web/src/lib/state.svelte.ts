/** What the picture shows now, and how it changes; every part of the page reads it from here. */

import { getJson, Refused, Unreachable } from './api';
import { Series } from './series';
import { within } from './time';
import type { Catalogue, City, Job, Place, RunSummary } from './types';

export type Tab = 'city' | 'projects' | 'plan' | 'work' | 'compare' | 'tables' | 'sources';
export type ColourBy = 'quarter' | 'highest' | 'year';
export type Chosen = { kind: 'area' | 'link'; id: string } | null;
export type Camera = { center: [number, number]; zoom: number };
export type LayerName = 'areas' | 'cables' | 'stations' | 'substations' | 'projects' | 'measures';

const JOBS_EVERY_MS = 700;
const IDLE_EVERY_MS = 4000;

class Twin {
  tab = $state<Tab>('city');
  city = $state<City | null>(null);
  catalogue = $state<Catalogue | null>(null);
  runs = $state<RunSummary[]>([]);
  jobs = $state<Job[]>([]);
  reachable = $state(true);
  chosen = $state<Chosen>(null);
  colourBy = $state<ColourBy>('quarter');
  week = $state('winter');
  step = $state(0);
  year = $state(0);
  planRun = $state<string | null>(null);
  otherRun = $state<string | null>(null);
  sideBySide = $state(false);
  camera = $state<Camera | null>(null);
  flyTo = $state<{ lon: number; lat: number; zoom: number } | null>(null);
  placing = $state<((place: string) => void) | null>(null);
  said = $state('');
  layers = $state<Record<LayerName, boolean>>({
    areas: true,
    cables: true,
    stations: true,
    substations: true,
    projects: true,
    measures: true,
  });

  private kept = new Map<string, Series>();

  get planRuns(): RunSummary[] {
    return this.runs.filter((run) => run.kind === 'plan');
  }

  get weekOf() {
    return this.city?.weeks?.find((week) => week.id === this.week) ?? null;
  }

  get plan(): RunSummary | null {
    return this.runs.find((run) => run.id === this.planRun) ?? null;
  }

  /** A series of a run, with what was fetched of it before. */
  series(run: string, name: string, steps: number): Series {
    const key = `${run}/${name}`;
    const found = this.kept.get(key) ?? new Series(run, name, steps);
    this.kept.set(key, found);
    return found;
  }

  async start(): Promise<void> {
    await this.refresh();
    if (!this.catalogue) await this.guarded(async () => void (this.catalogue = await getJson('/catalogue')));
    this.watchJobs();
  }

  /** Fetches what there is to show; an earlier choice is kept where it still exists. */
  async refresh(): Promise<void> {
    await this.guarded(async () => {
      const [city, runs] = await Promise.all([
        getJson<City>('/city'),
        getJson<{ runs: RunSummary[] }>('/runs'),
      ]);
      const first = this.city?.run == null && city.run != null;
      this.city = city;
      this.runs = runs.runs;
      if (!this.plan) this.choosePlan(this.planRuns[0]?.id ?? null);
      if (first) this.goToPeak();
    });
  }

  choosePlan(run: string | null): void {
    this.planRun = run;
    const plan = this.plan;
    if (plan?.first_year && plan.last_year) this.year = Math.min(Math.max(this.year, plan.first_year), plan.last_year);
  }

  /** Shows the quarter in which the city is fullest. */
  goToPeak(): void {
    const week = this.weekOf;
    const at = this.city?.binding?.binding_at;
    if (!week || !at) return;
    this.step = within((Date.parse(at) - Date.parse(week.from)) / 60_000 / week.minutes, week.quarters);
  }

  goTo(place: Place): void {
    const zooms: Record<string, number> = { area: 13, postcode: 15.5, address: 16, station: 15.5, cable: 15 };
    this.flyTo = { lon: place.lon, lat: place.lat, zoom: zooms[place.kind] ?? 12 };
    if (place.kind === 'area') this.chosen = { kind: 'area', id: place.id };
    else if (place.link !== null) this.chosen = { kind: 'link', id: place.id };
  }

  /** Does something that asks the service; tells when that does not answer. */
  async guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.reachable = true;
    } catch (found) {
      if (found instanceof Unreachable) this.reachable = false;
      else if (found instanceof Refused) this.said = found.problem.detail;
      else throw found;
    }
  }

  private watchJobs(): void {
    const look = async () => {
      const busy = this.jobs.some((job) => job.status === 'queued' || job.status === 'running');
      await this.guarded(async () => {
        const { jobs } = await getJson<{ jobs: Job[] }>('/jobs');
        const ended = jobs.some((job) => {
          const before = this.jobs.find((each) => each.id === job.id);
          return job.status === 'done' && before !== undefined && before.status !== 'done';
        });
        this.jobs = jobs;
        if (ended || (this.city?.run == null && !busy)) await this.refresh();
      });
      setTimeout(look, busy ? JOBS_EVERY_MS : IDLE_EVERY_MS);
    };
    void look();
  }

  lookAtJobsNow(jobs: Job[]): void {
    this.jobs = jobs;
  }
}

export const twin = new Twin();
