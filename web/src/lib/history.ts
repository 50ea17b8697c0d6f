/** What can be undone: every state that was kept, and where we are among them. */

export type History<T> = { past: T[]; now: T; future: T[] };

const KEPT_MAX = 100;

export function begin<T>(now: T): History<T> {
  return { past: [], now, future: [] };
}

export function keep<T>(history: History<T>, now: T): History<T> {
  return { past: [...history.past, history.now].slice(-KEPT_MAX), now, future: [] };
}

export function undo<T>(history: History<T>): History<T> {
  const last = history.past.at(-1);
  if (last === undefined) return history;
  return { past: history.past.slice(0, -1), now: last, future: [history.now, ...history.future] };
}

export function redo<T>(history: History<T>): History<T> {
  const [next, ...rest] = history.future;
  if (next === undefined) return history;
  return { past: [...history.past, history.now], now: next, future: rest };
}
