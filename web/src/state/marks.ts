/** Measures of the plan that is open as points on the map, where their place is one. */

import { readPoint, type Point } from '../lib/places';
import type { Plan } from '../lib/types';
import { layer, NOTHING, type Item, type Items } from './layers';

type Box = { west: number; south: number; east: number; north: number };

export async function draftMarks(plan: Plan | null, run: string): Promise<Items> {
  if (!plan?.measure?.length) return NOTHING;
  const known = await knownPlaces(run);
  const features = plan.measure.flatMap((each): Item[] => {
    const at = readPoint(each.place) ?? known.get(each.place) ?? null;
    if (!at) return [];
    return [{ type: 'Feature', geometry: { type: 'Point', coordinates: [at.lon, at.lat] }, properties: { id: each.id } }];
  });
  return { type: 'FeatureCollection', features };
}

/** Stations and substations by their name, and the middle of every area. */
async function knownPlaces(run: string): Promise<Map<string, Point>> {
  const [areas, stations, substations] = await Promise.all([layer('areas', run), layer('stations', run), layer('substations', run)]);
  const found = new Map<string, Point>();
  for (const each of [...stations.features, ...substations.features]) {
    if (each.geometry.type !== 'Point') continue;
    found.set(String(each.id), { lon: each.geometry.coordinates[0], lat: each.geometry.coordinates[1] });
  }
  for (const each of areas.features) {
    const { west, south, east, north } = boxOf(each);
    found.set(String(each.id), { lon: (west + east) / 2, lat: (south + north) / 2 });
  }
  return found;
}

function boxOf(item: Item): Box {
  const box = { west: Infinity, south: Infinity, east: -Infinity, north: -Infinity };
  const visit = (part: unknown): void => {
    if (!Array.isArray(part)) return;
    if (typeof part[0] !== 'number') return part.forEach(visit);
    const [lon, lat] = part as [number, number];
    box.west = Math.min(box.west, lon);
    box.east = Math.max(box.east, lon);
    box.south = Math.min(box.south, lat);
    box.north = Math.max(box.north, lat);
  };
  if ('coordinates' in item.geometry) visit(item.geometry.coordinates);
  return box;
}
