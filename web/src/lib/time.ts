/** Steps of a series and the moments they stand for. */

export const QUARTERS_PER_DAY = 96;

/** Start of a step, in UTC. */
export function momentOf(from: string, minutes: number, step: number): string {
  return new Date(Date.parse(from) + step * minutes * 60_000).toISOString();
}

/** First step of the block of a day that a step lies in. */
export function blockOf(step: number): number {
  return Math.floor(step / QUARTERS_PER_DAY) * QUARTERS_PER_DAY;
}

export function within(step: number, steps: number): number {
  return Math.min(Math.max(Math.round(step), 0), Math.max(steps - 1, 0));
}
