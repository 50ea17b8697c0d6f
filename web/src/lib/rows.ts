/** Rows of a table as they are sorted, filtered and paged in the page. */

import type { Cell, Row } from './types';

export type Order = { column: string; down: boolean };

/** Rows in which some cell holds a text, whatever the case. */
export function filtered(rows: Row[], text: string): Row[] {
  const sought = text.trim().toLowerCase();
  if (!sought) return rows;
  return rows.filter((row) => Object.values(row).some((cell) => String(cell ?? '').toLowerCase().includes(sought)));
}

/** Rows in an order; what is missing comes last, whichever way. */
export function sorted(rows: Row[], order: Order | null): Row[] {
  if (!order) return rows;
  const sign = order.down ? -1 : 1;
  return [...rows].sort((one, other) => compare(one[order.column], other[order.column], sign));
}

function compare(one: Cell, other: Cell, sign: number): number {
  const [noOne, noOther] = [one === null || one === '', other === null || other === ''];
  if (noOne || noOther) return Number(noOne) - Number(noOther);
  if (typeof one === 'number' && typeof other === 'number') return sign * (one - other);
  return sign * String(one).localeCompare(String(other), 'nl', { numeric: true });
}

export function pageOf<T>(rows: T[], page: number, size: number): T[] {
  return rows.slice(page * size, (page + 1) * size);
}

/** Rows of a table that came as arrays, under the names of its columns. */
export function asRows(columns: { name: string }[], rows: Cell[][]): Row[] {
  return rows.map((row) => Object.fromEntries(columns.map((each, at) => [each.name, row[at]])));
}
