/** What the page tells of itself to whoever measures it: when it is ready, and how long steps take. */

declare global {
  interface Window {
    stroomstad: { ready: boolean; timings: Record<string, number[]> };
  }
}

window.stroomstad = { ready: false, timings: {} };
const KEPT_MAX = 500;

/** Does work and keeps how many milliseconds it took, outside drawing. */
export function timed<T>(name: string, work: () => T): T {
  const from = performance.mark(`${name}:from`);
  const done = work();
  const { duration } = performance.measure(name, { start: from.startTime, end: performance.now() });
  const kept = (window.stroomstad.timings[name] ??= []);
  kept.push(duration);
  if (kept.length > KEPT_MAX) kept.shift();
  performance.clearMarks(`${name}:from`);
  performance.clearMeasures(name);
  return done;
}

export function ready(): void {
  if (window.stroomstad.ready) return;
  window.stroomstad.ready = true;
  (window.stroomstad.timings.ready ??= []).push(performance.now());
}
