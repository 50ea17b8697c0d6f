/** Places as plans and lists write them: a point, an area, a postcode or an asset. */

import type { Geometry } from 'geojson';

export type Point = { lon: number; lat: number };

const POINT = /^\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*$/;

/** A point as it is written into a plan. */
export function writePoint(at: Point): string {
  return `${at.lat.toFixed(5)},${at.lon.toFixed(5)}`;
}

/** Reads latitude,longitude or metres of the national grid; nothing where it is neither. */
export function readPoint(place: string): Point | null {
  const found = POINT.exec(place);
  if (!found) return null;
  const [one, other] = [Number(found[1]), Number(found[2])];
  if (Math.abs(one) <= 90 && Math.abs(other) <= 180) return { lat: one, lon: other };
  return fromNationalGrid(one, other);
}

// Polynomials of Schreutelkamp and Strang van Hees (2001) for RD to WGS84; good to some decimetres.
const LAT: [number, number, number][] = [
  [0, 1, 3235.65389], [2, 0, -32.58297], [0, 2, -0.2475], [2, 1, -0.84978], [0, 3, -0.0655],
  [2, 2, -0.01709], [1, 0, -0.00738], [4, 0, 0.0053], [2, 3, -0.00039], [4, 1, 0.00033], [1, 1, -0.00012],
];
const LON: [number, number, number][] = [
  [1, 0, 5260.52916], [1, 1, 105.94684], [1, 2, 2.45656], [3, 0, -0.81885], [1, 3, 0.05594],
  [3, 1, -0.05607], [0, 1, 0.01199], [3, 2, -0.00256], [1, 4, 0.00128], [0, 2, 0.00022], [2, 0, -0.00022],
  [5, 0, 0.00026],
];

/** Metres of the national grid (RD) as degrees. */
export function fromNationalGrid(xM: number, yM: number): Point {
  const [x, y] = [(xM - 155_000) / 1e5, (yM - 463_000) / 1e5];
  const sum = (terms: [number, number, number][]) =>
    terms.reduce((total, [p, q, k]) => total + k * x ** p * y ** q, 0) / 3600;
  return { lat: 52.15517440 + sum(LAT), lon: 5.38720621 + sum(LON) };
}

/** Middle of the box around a geometry. */
export function middleOf(geometry: Geometry): Point {
  const [lons, lats]: [number[], number[]] = [[], []];
  const visit = (part: unknown): void => {
    if (!Array.isArray(part)) return;
    if (typeof part[0] !== 'number') return part.forEach(visit);
    lons.push(part[0]);
    lats.push(part[1] as number);
  };
  if ('coordinates' in geometry) visit(geometry.coordinates);
  const middle = (all: number[]) => (all.reduce((a, b) => Math.min(a, b)) + all.reduce((a, b) => Math.max(a, b))) / 2;
  return { lon: middle(lons), lat: middle(lats) };
}
