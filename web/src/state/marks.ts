/** Measures of the plan that is open as points on the map, where their place is one. */

import { middleOf, readPoint, type Point } from '../lib/places';
import type { Plan } from '../lib/types';
import { layer, NOTHING, type Item, type Items } from './layers';

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
  for (const each of [...areas.features, ...stations.features, ...substations.features]) {
    found.set(String(each.id), middleOf(each.geometry));
  }
  return found;
}
