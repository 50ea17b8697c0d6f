/** Steps of a series and the moments that they stand for. */

export const QUARTERS_PER_DAY = 96;

/** Start of a step, in UTC. */
export function momentOf(from: string, minutes: number, step: number): string {
  return new Date(Date.parse(from) + step * minutes * 60_000).toISOString();
}

/** Step in which a moment lies; nothing where it lies outside the series. */
export function stepOf(at: string, from: string, minutes: number, steps: number): number | null {
  const step = Math.floor((Date.parse(at) - Date.parse(from)) / (minutes * 60_000));
  return step >= 0 && step < steps ? step : null;
}

/** First step of the day block that a step lies in. */
export function blockOf(step: number): number {
  return Math.floor(step / QUARTERS_PER_DAY) * QUARTERS_PER_DAY;
}

export function within(step: number, steps: number): number {
  return Math.min(Math.max(Math.round(step), 0), Math.max(steps - 1, 0));
}
