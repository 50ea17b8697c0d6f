/** Tables of the interface as rows by column name. */

import type { Table } from './types';

export type Cell = string | number | boolean | null;
export type Row = Record<string, Cell>;

export function recordsOf(table: Table): Row[] {
  const names = table.columns.map((column) => column.name);
  return table.rows.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at] ?? null])));
}

/** Rows in order of a column; what is missing comes last. */
export function sorted(rows: Row[], column: string, rising: boolean): Row[] {
  const sign = rising ? 1 : -1;
  return [...rows].sort((a, b) => {
    const [one, other] = [a[column] ?? null, b[column] ?? null];
    if (one === null || other === null) return Number(one === null) - Number(other === null);
    if (typeof one === 'number' && typeof other === 'number') return sign * (one - other);
    return sign * String(one).localeCompare(String(other), 'nl');
  });
}

export function filtered(rows: Row[], said: string): Row[] {
  const wanted = said.trim().toLowerCase();
  if (!wanted) return rows;
  return rows.filter((row) => Object.values(row).some((cell) => String(cell ?? '').toLowerCase().includes(wanted)));
}
