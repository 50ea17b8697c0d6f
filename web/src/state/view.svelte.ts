/** What is looked at: the page, the colours and layers of the map, the time, and what is chosen. */

import type { MarkKind } from '../lib/marks';
import type { Corner } from '../lib/outlines';
import type { RunSummary } from '../lib/types';

export const PAGES = ['stad', 'projecten', 'plan', 'rekenen', 'resultaten', 'vergelijken', 'tabellen', 'bronnen'] as const;
export type Page = (typeof PAGES)[number];
/** Pages beside which the map stands. */
export const BESIDE_MAP: Page[] = ['stad', 'projecten', 'plan', 'resultaten'];

export type Colour = 'now' | 'highest' | 'room' | 'answers';
export type LayerName = 'areas' | 'cables' | 'stations' | 'substations' | 'projects' | 'measures' | 'labels';
/** ``drafted`` is what stands in the plan or list that is open, and in no run that is shown. */
export type Chosen = { kind: 'area' | 'link' | MarkKind | 'added'; id: string; drafted?: boolean };
export type Camera = { center: [number, number]; zoom: number };
/** What waits for a click on the map: called with the place, as a plan writes it. */
export type Placing = (place: string) => void;
/** What waits for an outline on the map: called with its corners, or with nothing when it is given up. */
export type Outlining = (corners: Corner[] | null) => void;

function pageNow(): Page {
  const said = location.hash.replace('#/', '').split('?')[0] as Page;
  return PAGES.includes(said) ? said : 'stad';
}

class View {
  page = $state<Page>(pageNow());
  colour = $state<Colour>('room');
  layers = $state<Record<LayerName, boolean>>({
    areas: true, cables: true, stations: true, substations: true, projects: true, measures: true, labels: true,
  });
  /** Collection of a layer that a component adds; empty when none is shown. */
  added = $state('');
  /** A week of the city run, or `years` of a plan run. */
  series = $state('winter');
  step = $state(0);
  playing = $state(false);
  planRun = $state.raw<RunSummary | null>(null);
  chosen = $state.raw<Chosen | null>(null);
  /** Whether the panel of what was chosen should take the focus. */
  heed = $state(false);
  placing = $state.raw<Placing | null>(null);
  outlining = $state.raw<Outlining | null>(null);
  /** Which entry of the plan or list the form should open. */
  editing = $state.raw<{ kind: MarkKind; id: string } | null>(null);
  camera: Camera | null = null;
  /** Asks the map to fly somewhere. */
  goal = $state.raw<Camera | null>(null);

  get year(): number | null {
    return this.series === 'years' && this.planRun?.first_year ? this.planRun.first_year + this.step : null;
  }

  choose(chosen: Chosen | null, heed = false): void {
    this.chosen = chosen;
    this.heed = heed;
    if (chosen && this.page !== 'stad') this.open('stad');
  }

  open(page: Page): void {
    location.hash = `#/${page}`;
  }

  showRun(run: RunSummary | null): void {
    this.planRun = run;
    if (!run && this.series === 'years') this.series = 'winter';
    this.step = 0;
  }
}

export const view = new View();

window.addEventListener('hashchange', () => {
  view.page = pageNow();
});
