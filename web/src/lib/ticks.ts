/** Round numbers along an axis. */

export type Scale = { low: number; high: number; ticks: number[] };

/** A scale from 0, or from the lowest value where that is asked, with about `count` round ticks. */
export function scaleOf(values: (number | null)[], count = 5, fromZero = true): Scale {
  const known = values.filter((each): each is number => each !== null && Number.isFinite(each));
  const lowest = Math.min(...known, ...(fromZero ? [0] : []));
  const highest = Math.max(...known, ...(fromZero ? [0] : []));
  if (!known.length) return { low: 0, high: 1, ticks: [0, 1] };
  const step = roundStep((highest - lowest || 1) / count);
  const low = fromZero && lowest >= 0 ? 0 : Math.floor(lowest / step) * step;
  const high = Math.max(Math.ceil(highest / step) * step, low + step);
  const ticks = Array.from({ length: Math.round((high - low) / step) + 1 }, (_, at) => low + at * step);
  return { low, high, ticks };
}

/** 1, 2 or 5 times a power of ten, not smaller than a size. */
function roundStep(size: number): number {
  const power = 10 ** Math.floor(Math.log10(size));
  return power * ([1, 2, 5, 10].find((each) => each * power >= size * 0.999) ?? 10);
}
