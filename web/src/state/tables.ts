/** Tables of runs; a run never changes, so each is fetched once for a language. */

import { getJson } from '../lib/api';
import { asRows } from '../lib/rows';
import type { Language, Row, RunDetail, Table } from '../lib/types';

export type Rows = Pick<Table, 'name' | 'about' | 'columns'> & { rows: Row[] };

const PAGE = 10_000;
const kept = new Map<string, Promise<unknown>>();

function once<T>(key: string, fetch: () => Promise<T>): Promise<T> {
  const known = kept.get(key) as Promise<T> | undefined;
  if (known) return known;
  const fetched = fetch();
  kept.set(key, fetched);
  fetched.catch(() => kept.delete(key));
  return fetched;
}

export function runDetail(run: string): Promise<RunDetail> {
  return once(`run ${run}`, () => getJson<RunDetail>(`/runs/${encodeURIComponent(run)}`));
}

/** A table of a run; nothing where the run has none of that name. */
export function table(run: string, name: string, language: Language): Promise<Rows | null> {
  return once(`${run} ${name} ${language}`, () => fetchAll(run, name, language));
}

async function fetchAll(run: string, name: string, language: Language): Promise<Rows | null> {
  const known = (await runDetail(run)).tables.some((each) => each.name === name);
  if (!known) return null;
  const rows: Row[] = [];
  for (;;) {
    const path = `/runs/${encodeURIComponent(run)}/tables/${name}?limit=${PAGE}&offset=${rows.length}&language=${language}`;
    const page = await getJson<Table>(path);
    rows.push(...asRows(page.columns, page.rows));
    if (rows.length >= page.total || !page.rows.length) return { ...page, rows };
  }
}

/** Room of every area in each year of a plan. */
export async function roomByYear(run: string, language: Language): Promise<Map<number, Map<string, number | null>>> {
  const years = new Map<number, Map<string, number | null>>();
  for (const row of (await table(run, 'years_areas', language))?.rows ?? []) {
    const year = row.year as number;
    if (!years.has(year)) years.set(year, new Map());
    years.get(year)?.set(row.area_code as string, row.room as number | null);
  }
  return years;
}
