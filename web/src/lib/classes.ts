/** Classes of the map: colours that people with colour blindness tell apart, and sizes beside them. */

export type Class = { from: number; colour: string; size: number };

/** Loading over limit; from blue to dark red, and thicker as it is fuller. */
export const LOADING: Class[] = [
  { from: 0, colour: '#8fbcd4', size: 1 },
  { from: 0.5, colour: '#3d85b0', size: 1.4 },
  { from: 0.8, colour: '#e8a33d', size: 2.2 },
  { from: 1.0, colour: '#c8442c', size: 3.4 },
  { from: 1.2, colour: '#6b0f24', size: 4.8 },
];

/** Homes that still fit in an area; darker is more. */
export const ROOM: Class[] = [
  { from: 0, colour: '#f3ece2', size: 1 },
  { from: 1, colour: '#d7e6df', size: 1 },
  { from: 500, colour: '#a9d0c4', size: 1 },
  { from: 1000, colour: '#6fb0a2', size: 1 },
  { from: 2000, colour: '#33877b', size: 1 },
  { from: 4000, colour: '#0d5a54', size: 1 },
];

export const UNKNOWN_COLOUR = '#b9bec4';

export function classOf(value: number | null, classes: Class[]): number {
  if (value === null || !Number.isFinite(value)) return -1;
  let found = 0;
  classes.forEach((each, at) => {
    if (value >= each.from) found = at;
  });
  return found;
}

type Step = (string | number | unknown[])[];

/** Expression of the map that gives a colour by class; grey where nothing is known. */
export function colourBy(value: unknown[], classes: Class[]): Step {
  const steps = classes.flatMap((each) => [each.from, each.colour]);
  return ['step', value, UNKNOWN_COLOUR, ...steps];
}

/** The same for sizes, each times a factor. */
export function sizeBy(value: unknown[], classes: Class[], factor: number): Step {
  const steps = classes.flatMap((each) => [each.from, each.size * factor]);
  return ['step', value, 1 * factor, ...steps];
}
