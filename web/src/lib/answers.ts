/** Sums over the tables of a plan run, as they are shown and compared. */

import type { Row } from './types';

export type PayerCost = { payer: string; investment: number; yearly: number };

/** Euros of every payer over all years, most first. */
export function costsByPayer(costs: Row[]): PayerCost[] {
  const found = new Map<string, PayerCost>();
  for (const row of costs) {
    const payer = String(row.payer);
    const sum = found.get(payer) ?? { payer, investment: 0, yearly: 0 };
    sum.investment += Number(row.investment_eur ?? 0);
    sum.yearly += Number(row.yearly_eur ?? 0);
    found.set(payer, sum);
  }
  return [...found.values()].sort((one, other) => other.investment + other.yearly - one.investment - one.yearly);
}

export type Budget = { payer: string; eur: number | null; spent: number };

/** What everybody together, every payer with a budget and every payer that pays spends on what was chosen. */
export function spentBy(costs: Row[], asked: Row[]): Budget[] {
  const limits = new Map(asked.map((row) => [String(row.payer), Number(row.budget_eur)]));
  const own = costsByPayer(costs).map((each) => [each.payer, each.investment + each.yearly] as const);
  const spent = new Map([['society', own.reduce((sum, [, eur]) => sum + eur, 0)] as const, ...own]);
  const payers = new Set(['society', ...limits.keys(), ...spent.keys()]);
  return [...payers].map((payer) => ({ payer, eur: limits.get(payer) ?? null, spent: spent.get(payer) ?? 0 }));
}

/** The row of a year, or the last one before it. */
export function ofYear(rows: Row[], year: number): Row | null {
  return rows.filter((row) => Number(row.year) <= year).at(-1) ?? null;
}

/** How many projects fit, fit partly and do not. */
export function countFits(fits: Row[]): Record<'yes' | 'partly' | 'no', number> {
  const count = { yes: 0, partly: 0, no: 0 };
  for (const row of fits) if (String(row.fits) in count) count[row.fits as 'yes' | 'partly' | 'no'] += 1;
  return count;
}

/** A column of numbers; what is missing stays missing. */
export function column(rows: Row[], name: string): (number | null)[] {
  return rows.map((row) => (typeof row[name] === 'number' ? (row[name] as number) : null));
}

/** Years in which both of two plans say something. */
export function sharedYears(one: { first_year: number | null; last_year: number | null }, other: typeof one): number[] {
  const first = Math.max(one.first_year ?? 0, other.first_year ?? 0);
  const last = Math.min(one.last_year ?? 0, other.last_year ?? 0);
  return Array.from({ length: Math.max(last - first + 1, 0) }, (_, at) => first + at);
}
