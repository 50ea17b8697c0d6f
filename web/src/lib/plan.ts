/** A plan as it is edited: every change gives a new plan, so that each can be undone. */

import type { Measure, Plan } from './types';

export type Budget = { line: string; payer: string; first_year?: number; last_year?: number; eur?: number; source?: string };

export function emptyPlan(name: string, city: string, firstYear: number, lastYear: number): Plan {
  return { name, city, first_year: firstYear, last_year: lastYear, outlook: 'mid', budget: [], measure: [] };
}

export function withoutItem<T>(items: T[] | undefined, at: number): T[] {
  return (items ?? []).filter((_, each) => each !== at);
}

export function withItem<T>(items: T[] | undefined, at: number, item: T): T[] {
  const all = [...(items ?? [])];
  all[at] = item;
  return all;
}

/** Sets a key, or takes it away where the value is empty: a plan has no empty keys. */
export function withKey<T extends object>(entry: T, key: string, value: unknown): T {
  const rest: Record<string, unknown> = { ...(entry as Record<string, unknown>) };
  const empty = value === null || value === undefined || value === '' || isEmptyHolder(value);
  if (empty) delete rest[key];
  else rest[key] = value;
  return rest as T;
}

function isEmptyHolder(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** A name that is not taken, with a number behind it where needed. */
export function freeName(wanted: string, taken: Iterable<string>): string {
  const all = new Set(taken);
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? wanted : `${wanted}-${n}`;
    if (!all.has(name)) return name;
  }
}

/** Text as a name of the workspace: letters, digits, - and _ only. */
export function asDocumentName(text: string): string {
  const flat = text.normalize('NFKD').replaceAll(/[^\w\s-]/g, '').trim();
  return flat.replaceAll(/\s+/g, '-').slice(0, 60) || 'plan';
}

export function newMeasure(plan: Plan, kind: string, place: string): Measure {
  const ids = (plan.measure ?? []).map((each) => each.id);
  const id = freeName(kind.replaceAll('_', '-'), ids);
  return { id, kind, place, size: 1, in_service: plan.first_year, status: 'planned', assumed: true };
}

/** A year or a day as a plan holds it: a whole number for a year, text for a day. */
export function readDay(text: string): number | string {
  const bare = text.trim();
  return /^\d{4}$/.test(bare) ? Number(bare) : bare;
}

/** The three days of service as text; a single one is the expected one. */
export function serviceOf(measure: Measure): { early: string; expected: string; late: string } {
  const said = measure.in_service;
  if (typeof said !== 'object' || said === null) return { early: '', expected: String(said ?? ''), late: '' };
  return { early: String(said.early ?? ''), expected: String(said.expected ?? ''), late: String(said.late ?? '') };
}

export function withService(measure: Measure, part: 'early' | 'expected' | 'late', text: string): Measure {
  const all = { ...serviceOf(measure), [part]: text };
  const told = Object.entries(all).filter(([, said]) => said.trim() !== '');
  const single = told.length === 1 && told[0][0] === 'expected';
  const days = Object.fromEntries(told.map(([name, said]) => [name, readDay(said)]));
  return { ...measure, in_service: single ? readDay(all.expected) : (days as Measure['in_service']) };
}

/** First year of service in the middle, for a line of a list. */
export function yearOf(measure: Measure): string {
  return serviceOf(measure).expected.slice(0, 4);
}
