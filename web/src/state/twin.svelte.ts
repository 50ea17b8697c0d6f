/** What the service tells of the city, its runs and its catalogue; and whether it answers at all. */

import { getJson, Refused, Unreachable } from '../lib/api';
import { stepOf } from '../lib/time';
import { addedLayers, type Added } from '../lib/added';
import type { Catalogue, City, Component, Fact, Language, RunSummary } from '../lib/types';
import { layer } from './layers';
import { view } from './view.svelte';

class Twin {
  city = $state.raw<City | null>(null);
  runs = $state.raw<RunSummary[]>([]);
  catalogue = $state.raw<Catalogue | null>(null);
  parameters = $state.raw<Fact[]>([]);
  components = $state.raw<Component[]>([]);
  /** The service did not answer the last question. */
  gone = $state(false);
  /** Some fault that is not of what somebody typed. */
  fault = $state.raw<{ text: string; language: Language } | null>(null);

  get planRuns(): RunSummary[] {
    return this.runs.filter((each) => each.kind === 'plan');
  }

  /** Layers that components add. */
  get added(): Added[] {
    return addedLayers(this.components);
  }

  /** Whether there is a run of the city to show. */
  get shown(): boolean {
    return Boolean(this.city?.run);
  }

  async load(): Promise<void> {
    await this.heed(async () => {
      const asked = getJson<City>('/city');
      void asked.then(({ run }) => run && askLayers(run), () => undefined);
      const [city, catalogue] = await Promise.all([asked, getJson<Catalogue>('/catalogue')]);
      this.catalogue = catalogue;
      if (city.run && !this.city?.run) showPeak(city);
      this.city = city;
      if (city.run) void this.loadAside();
      await this.loadRuns();
    });
  }

  async loadRuns(): Promise<void> {
    this.runs = (await getJson<{ runs: RunSummary[] }>('/runs')).runs;
  }

  /** What the first view does not need. */
  private async loadAside(): Promise<void> {
    await this.heed(async () => {
      this.parameters = (await getJson<{ parameters: Fact[] }>('/parameters')).parameters;
      this.components = (await getJson<{ components: Component[] }>('/components')).components;
    });
  }

  /** Does something with the service; tells when it is gone, or what went wrong. */
  async heed<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      const done = await work();
      this.gone = false;
      return done;
    } catch (found) {
      this.gone = found instanceof Unreachable;
      this.fault = this.gone || !(found instanceof Error) ? null : { text: found.message, language: languageOf(found) };
      return undefined;
    }
  }
}

/** What the service did not say is of the browser, and English. */
function languageOf(found: Error): Language {
  return found instanceof Refused ? found.problem.language : 'en';
}

/** Asks for what the map shows first, while the page and the map are still put together; told where it is used. */
function askLayers(run: string): void {
  for (const [name, kind] of [['areas', ''], ['cables', 'mv_cable'], ['stations', ''], ['substations', '']]) layer(name, run, kind).catch(() => undefined);
}

/** The picture begins at the quarter in which the city is full first. */
function showPeak(city: City): void {
  const week = city.weeks.find((each) => each.id === 'winter');
  if (!week) return;
  view.step = stepOf(city.binding.binding_at, week.from, week.minutes, week.quarters) ?? 0;
}

export const twin = new Twin();

/** Assumptions of some names, in that order. */
export function assumptions(names: string[]): Fact[] {
  return names.flatMap((name) => twin.parameters.filter((each) => each.parameter === name));
}
