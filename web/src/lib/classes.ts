/** Classes of the map: colours that stay apart for the colour-blind, with a size or a mark beside them. */

import type { ExpressionSpecification } from 'maplibre-gl';

export type Class = { from: number; colour: string; size: number };

/** Loading over limit, as a fraction: blue to dark red, and thicker as it is fuller. */
export const LOADING: Class[] = [
  { from: 0, colour: '#8fbcd4', size: 1 },
  { from: 0.5, colour: '#3d85b0', size: 1.5 },
  { from: 0.8, colour: '#e8a33d', size: 2.3 },
  { from: 1.0, colour: '#c8442c', size: 3.4 },
  { from: 1.2, colour: '#6b0f24', size: 4.6 },
];
/** First class of `LOADING` that is over the limit. */
export const OVER_LIMIT = 3;

/** Homes that still fit in an area; darker is more. */
export const ROOM_AREA: Class[] = [
  { from: 0, colour: '#f4ede1', size: 1 },
  { from: 1, colour: '#cfe2d8', size: 1 },
  { from: 250, colour: '#aed3c6', size: 1 },
  { from: 500, colour: '#77b5a6', size: 1 },
  { from: 1000, colour: '#3a8d80', size: 1 },
  { from: 2000, colour: '#0d5a54', size: 1 },
];

/** Homes that still fit at one station; darker and larger is more. */
export const ROOM_STATION: Class[] = [
  { from: 0, colour: '#b9772f', size: 1 },
  { from: 1, colour: '#cfe2d8', size: 1.3 },
  { from: 50, colour: '#aed3c6', size: 1.7 },
  { from: 100, colour: '#77b5a6', size: 2.1 },
  { from: 200, colour: '#3a8d80', size: 2.6 },
  { from: 400, colour: '#0d5a54', size: 3.1 },
];

export const UNKNOWN_COLOUR = '#aab0b7';
/** What stands for the class of something unknown. */
export const UNKNOWN = -1;

export function classOf(value: number | null | undefined, classes: Class[]): number {
  if (value === null || value === undefined || !Number.isFinite(value)) return UNKNOWN;
  let found = 0;
  for (let at = 1; at < classes.length; at += 1) if (value >= classes[at].from) found = at;
  return found;
}

type Part = string | number | Part[];
/** The type of the style does not follow expressions that are put together from classes. */
const expression = (...parts: Part[]) => parts as unknown as ExpressionSpecification;
const STATE: Part = ['coalesce', ['feature-state', 'class'], UNKNOWN];

/** Colour by the class that is set on a feature. */
export function colourOf(classes: Class[]): ExpressionSpecification {
  return expression('match', STATE, ...classes.flatMap((each, at) => [at, each.colour]), UNKNOWN_COLOUR);
}

/** A size by the class, times a factor that grows from a far zoom to a near one. */
export function sizeOf(classes: Class[], far: [number, number], near: [number, number]): ExpressionSpecification {
  const at = ([zoom, factor]: [number, number]): Part[] => {
    const sizes = classes.flatMap((each, index) => [index, each.size * factor]);
    return [zoom, ['match', STATE, ...sizes, factor]];
  };
  return expression('interpolate', ['linear'], ['zoom'], ...at(far), ...at(near));
}

/** 1 where the class is over the limit, 0 elsewhere. */
export function overLimit(): ExpressionSpecification {
  return expression('case', ['>=', STATE, OVER_LIMIT], 1, 0);
}
