/** Layers of the picture as GeoJSON: fetched once for a run, and shared by every map. */

import type { Feature, FeatureCollection, Geometry } from 'geojson';
import { getJson } from '../lib/api';
import type { Row } from '../lib/types';

export type Items = FeatureCollection<Geometry, Row>;
export type Item = Feature<Geometry, Row>;

export const NOTHING: Items = { type: 'FeatureCollection', features: [] };
const PAGE = 10_000;
const kept = new Map<string, Promise<Items>>();

/** A whole layer, page after page. */
export function layer(name: string, run: string, kind = ''): Promise<Items> {
  const key = `${name} ${run} ${kind}`;
  const known = kept.get(key);
  if (known) return known;
  const fetched = fetchAll(name, run, kind);
  kept.set(key, fetched);
  fetched.catch(() => kept.delete(key));
  return fetched;
}

async function fetchAll(name: string, run: string, kind: string): Promise<Items> {
  const features: Item[] = [];
  for (;;) {
    const page = await getJson<Items & { numberMatched: number }>(
      `/collections/${name}/items?${asked({ run, kind, limit: PAGE, offset: features.length })}`,
    );
    features.push(...page.features);
    if (features.length >= page.numberMatched || !page.features.length) return { type: 'FeatureCollection', features };
  }
}

/** Low-voltage cables within west, south, east and north. */
export function cablesWithin(box: number[], run: string): Promise<Items> {
  const bbox = box.map((each) => each.toFixed(6)).join(',');
  return getJson<Items>(`/collections/cables/items?${asked({ run, kind: 'lv_cable', bbox, limit: PAGE, offset: 0 })}`);
}

/** One feature of a layer. */
export function item(name: string, id: string, run: string): Promise<Item> {
  return getJson<Item>(`/collections/${name}/items/${encodeURIComponent(id)}?${asked({ run })}`);
}

function asked(parts: Record<string, string | number>): string {
  const said = Object.entries(parts).filter(([, value]) => value !== '');
  return new URLSearchParams(said.map(([name, value]) => [name, String(value)])).toString();
}
