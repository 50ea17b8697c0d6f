/** Outlines of places that are drawn on the map; they are kept with a plan. */

import type { Feature, FeatureCollection, MultiPolygon, Polygon } from 'geojson';
import { freeName } from './plan';
import type { Plan } from './types';

export type Corner = [number, number];
export type OutlineProperties = { place: string; assumed: boolean; source: string };
export type Outline = Feature<Polygon | MultiPolygon, OutlineProperties>;
export type Outlines = FeatureCollection<Polygon | MultiPolygon, OutlineProperties>;

export const CORNERS_MIN = 3;
/** Decimals of degrees: a tenth of a millimetre, so that what is saved again stays the same file. */
const DECIMALS = 9;
const NAME_MAX = 60;

export function outlinesOf(plan: Plan | null): Outline[] {
  return (plan?.outlines as Outlines | undefined)?.features ?? [];
}

export function outlineOf(plan: Plan | null, place: string): Outline | undefined {
  return outlinesOf(plan).find((each) => each.properties.place === place);
}

/** A plan with an outline more; of one place the new one stands. */
export function withOutline(plan: Plan, place: string, corners: Corner[], source: string): Plan {
  const round = (value: number) => Number(value.toFixed(DECIMALS));
  const ring = [...corners, corners[0]].map(([lon, lat]): Corner => [round(lon), round(lat)]);
  const added: Outline = { type: 'Feature', properties: { place, assumed: true, source }, geometry: { type: 'Polygon', coordinates: [ring] } };
  return { ...plan, outlines: collected([...rest(plan, place), added]) };
}

export function withoutOutline(plan: Plan, place: string): Plan {
  return { ...plan, outlines: collected(rest(plan, place)) };
}

function rest(plan: Plan, place: string): Outline[] {
  return outlinesOf(plan).filter((each) => each.properties.place !== place);
}

function collected(features: Outline[]): Outlines | undefined {
  return features.length ? { type: 'FeatureCollection', features } : undefined;
}

/** What the place of something is called that is drawn: as before where it was drawn, else after that thing. */
export function placeName(named: string, place: string, plan: Plan, known: string[]): string {
  if (outlineOf(plan, place)) return place;
  const taken = [...known, ...outlinesOf(plan).map((each) => each.properties.place)];
  return freeName(named.replaceAll(/[^\p{L}\p{N} -]/gu, ' ').replaceAll(/\s+/g, ' ').trim().slice(0, NAME_MAX), taken);
}

/** Whether two edges of the closed line through the corners cross or touch, beside those that follow each other. */
export function crosses(corners: Corner[]): boolean {
  const edges = corners.map((each, at): [Corner, Corner] => [each, corners[(at + 1) % corners.length]]);
  return edges.some((one, at) => edges.some((other, nth) => nth > at + 1 && !(at === 0 && nth === edges.length - 1) && meet(one, other)));
}

function meet([a, b]: [Corner, Corner], [c, d]: [Corner, Corner]): boolean {
  return side(a, b, c) * side(a, b, d) <= 0 && side(c, d, a) * side(c, d, b) <= 0;
}

/** On which side of a line a point lies: -1, 0 or 1. */
function side([ax, ay]: Corner, [bx, by]: Corner, [x, y]: Corner): number {
  return Math.sign((bx - ax) * (y - ay) - (by - ay) * (x - ax));
}
