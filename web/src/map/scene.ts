/** What a map shows: the class of every link for a colour and a moment, and rows with labels. */

import { classOf, LOADING, ROOM_STATION, UNKNOWN, UNKNOWN_COLOUR, type Class } from '../lib/classes';
import { number } from '../lib/format';
import { WHOLE_CITY } from '../lib/marks';
import { middleOf, type Point } from '../lib/places';
import { fractionOf } from '../lib/series';
import type { Language, Row } from '../lib/types';
import { NOTHING, type Item, type Items } from '../state/layers';

/** Classes by a loading in thousandths; links that a run adds come after those of the city. */
export function classesNow(perMille: Int16Array): Int8Array {
  const classes = new Int8Array(perMille.length);
  for (let at = 0; at < perMille.length; at += 1) classes[at] = classOf(fractionOf(perMille[at]), LOADING);
  return classes;
}

/** Classes by the highest loading of the week. */
export function classesHighest(links: number, ...layers: Items[]): Int8Array {
  const classes = new Int8Array(links).fill(UNKNOWN);
  for (const { properties: row } of layers.flatMap((each) => each.features)) {
    classes[row.link as number] = classOf(row.loading_max as number | null, LOADING);
  }
  return classes;
}

/** Classes by the homes that fit at each station; cables have none. */
export function classesRoom(links: number, stations: Items): Int8Array {
  const classes = new Int8Array(links).fill(UNKNOWN);
  for (const { properties: row } of stations.features) {
    classes[row.link as number] = classOf(row.room_mid as number | null, ROOM_STATION);
  }
  return classes;
}

/** Areas with their room of a year where that is given, and the label that stands in them. */
export function labelledAreas(areas: Items, language: Language, byRoom: boolean, ofYear: Map<string, number | null> | null): Items {
  const features = areas.features.map((each): Item => {
    const code = each.properties.area_code as string;
    const room = (ofYear ? ofYear.get(code) : each.properties.room_mid) ?? null;
    const name = String(each.properties.area_name);
    const label = byRoom ? `${name}\n${number(room as number | null, language)}` : name;
    return { ...each, properties: { area_code: code, area_name: name, room, label } };
  });
  return { type: 'FeatureCollection', features };
}

/** Projects and measures that have a place of their own: those of the whole city are told beside the map. */
export function placed(items: Items): Items {
  return { ...items, features: items.features.filter((each) => each.properties.place !== WHOLE_CITY) };
}

export function pointItem(at: Point): Item {
  return { type: 'Feature', geometry: { type: 'Point', coordinates: [at.lon, at.lat] }, properties: {} };
}

/** The middle of a feature as a layer, to ring it. */
export function pointOf(found: Item | null): Items {
  return found?.geometry ? { type: 'FeatureCollection', features: [pointItem(middleOf(found.geometry))] } : NOTHING;
}

const SHIFT_PX = 22;
const PER_LINE = 5;

/** Marks of one place side by side, over all layers together, so that each can be seen and clicked. */
export function spread(...layers: Items[]): Items[] {
  const seen = new Map<string, number>();
  return layers.map((items) => {
    const features = items.features.filter((each) => each.geometry).map((each): Item => {
      const place = JSON.stringify(each.geometry);
      const at = seen.get(place) ?? 0;
      seen.set(place, at + 1);
      const offset = [(at % PER_LINE) * SHIFT_PX, Math.floor(at / PER_LINE) * SHIFT_PX];
      return { ...each, properties: { ...each.properties, offset: offset as unknown as Row[string] } };
    });
    return { type: 'FeatureCollection', features };
  });
}

/** Features of a component with the colour of the class of one of their numbers. */
export function coloured(items: Items, column: string | undefined, classes: Class[]): Items {
  const features = items.features.map((each): Item => {
    const value = column ? (each.properties[column] as number | null) : null;
    const colour = classes[classOf(value, classes)]?.colour ?? UNKNOWN_COLOUR;
    return { ...each, properties: { ...each.properties, feature: String(each.id), colour } };
  });
  return { type: 'FeatureCollection', features };
}
