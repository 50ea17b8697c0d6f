/** Projects and measures that are being edited, as things with a name and a place. */

import type { ListRow, Measure, Plan } from './types';
import { yearOf } from './plan';

export type MarkKind = 'project' | 'measure';
/** ``id`` is that of the measure; a project of a list goes by its name. */
export type Mark = { kind: MarkKind; id: string; name: string; place: string; year: string };

/** How a plan and a list name the whole city as a place. */
export const WHOLE_CITY = 'city';

export function marksOf(plan: Plan | null, rows: ListRow[] | null): Mark[] {
  return [...(rows ?? []).map(projectMark), ...(plan?.measure ?? []).map(measureMark)].filter((each) => each.name.trim());
}

function projectMark(row: ListRow): Mark {
  return { kind: 'project', id: row.name ?? '', name: row.name ?? '', place: (row.place ?? '').trim(), year: row.first_year ?? '' };
}

function measureMark(measure: Measure): Mark {
  const place = String(measure.place ?? '').trim();
  return { kind: 'measure', id: measure.id, name: measure.name || measure.id, place, year: yearOf(measure) };
}

/** Text as it is compared: without case, accents and signs. */
export function comparable(text: string): string {
  const flat = text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return flat.replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim();
}

/** Those whose name or identifier holds all words that were typed; names that begin so first. */
export function namedLike(said: string, marks: Mark[], most: number): Mark[] {
  const words = comparable(said).split(' ').filter(Boolean);
  if (!words.length) return [];
  const forms = marks.map((mark) => ({ mark, form: comparable(`${mark.name} ${mark.id}`) }));
  const found = forms.filter(({ form }) => words.every((each) => ` ${form}`.includes(` ${each}`)));
  const late = (form: string) => (form.startsWith(words.join(' ')) ? 0 : 1);
  return found.sort((one, other) => late(one.form) - late(other.form)).slice(0, most).map(({ mark }) => mark);
}
