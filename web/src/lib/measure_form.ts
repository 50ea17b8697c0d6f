/** Which fields a measure has, and how the text of each becomes what the plan holds. */

import { readNumber } from './format';
import type { Measure } from './types';

export type FieldKind = 'text' | 'number' | 'day' | 'list' | 'flag' | 'choice';
export type Field = { key: string; kind: FieldKind; choices?: 'kinds' | 'statuses' | 'budgets' };

export const MAIN_FIELDS: Field[] = [
  { key: 'kind', kind: 'choice', choices: 'kinds' },
  { key: 'name', kind: 'text' },
  { key: 'id', kind: 'text' },
  { key: 'size', kind: 'number' },
  { key: 'status', kind: 'choice', choices: 'statuses' },
];

export const MORE_FIELDS: Field[] = [
  { key: 'size_max', kind: 'number' },
  { key: 'until', kind: 'day' },
  { key: 'decided_on', kind: 'day' },
  { key: 'depends_on', kind: 'list' },
  { key: 'lead_time_years', kind: 'number' },
  { key: 'kw_per_unit', kind: 'number' },
  { key: 'limit_kw', kind: 'number' },
  { key: 'investment_eur', kind: 'number' },
  { key: 'yearly_eur', kind: 'number' },
  { key: 'budget_line', kind: 'choice', choices: 'budgets' },
  { key: 'owner', kind: 'text' },
  { key: 'decides', kind: 'text' },
  { key: 'source', kind: 'text' },
  { key: 'assumed', kind: 'flag' },
];

/** Text of a field, as it stands in its input. */
export function textOf(measure: Measure, field: Field): string {
  const value = measure[field.key];
  if (value === undefined || value === null) return '';
  return Array.isArray(value) ? value.join(', ') : String(value);
}

/** What a text of a field stands for; text that is no number stays text, so that the service tells the fault. */
export function valueOf(text: string, field: Field): unknown {
  if (field.kind === 'number') return readNumber(text) ?? text.trim();
  if (field.kind === 'day') return /^\d{4}$/.test(text.trim()) ? Number(text) : text.trim();
  if (field.kind === 'list') return text.split(',').map((each) => each.trim()).filter(Boolean);
  return text;
}
