/** Where projects and measures that are being edited lie on the map. */

import { getJson } from '../lib/api';
import { WHOLE_CITY, type Mark } from '../lib/marks';
import { outlineOf } from '../lib/outlines';
import { middleOf, readPoint, type Point } from '../lib/places';
import type { Place, Plan } from '../lib/types';
import { layer, NOTHING, type Item, type Items } from './layers';
import { twin } from './twin.svelte';

/** Signs that a search may hold. */
const ASKED_MAX = 100;

/** Marks as points, where their place is one. */
export async function draftMarks(marks: Mark[], plan: Plan | null, run: string): Promise<Items> {
  if (!marks.length) return NOTHING;
  const points = await Promise.all(marks.map((each) => whereIs(each.place, plan, run)));
  const features = marks.flatMap((each, nth): Item[] => {
    const at = points[nth];
    if (!at) return [];
    const properties = { id: each.id, kind: each.kind };
    return [{ type: 'Feature', geometry: { type: 'Point', coordinates: [at.lon, at.lat] }, properties }];
  });
  return { type: 'FeatureCollection', features };
}

/** Where a place is, asked of the service where need be; nothing for the whole city and for what is no place. */
export async function whereIs(place: string, plan: Plan | null, run: string): Promise<Point | null> {
  if (!place || place === WHOLE_CITY) return null;
  const found = atOnce(place, plan, await knownPlaces(run));
  if (found) return found;
  const key = `${run} ${place}`;
  if (!asked.has(key)) asked.set(key, ask(place, run));
  return asked.get(key) ?? null;
}

const asked = new Map<string, Promise<Point | null>>();

async function ask(place: string, run: string): Promise<Point | null> {
  const answer = await twin.heed(() => getJson<{ results: Place[] }>(`/search?q=${encodeURIComponent(place.slice(0, ASKED_MAX))}`));
  if (!answer) asked.delete(`${run} ${place}`);
  const bare = (text: string) => text.replaceAll(' ', '').toLowerCase();
  return answer?.results.find((each) => bare(each.id) === bare(place)) ?? null;
}

function atOnce(place: string, plan: Plan | null, known: Map<string, Point>): Point | null {
  const outline = outlineOf(plan, place);
  if (outline) return middleOf(outline.geometry);
  return readPoint(place) ?? known.get(place) ?? null;
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
