/** How the map is drawn: sources and layers, without a base map and without the network. */

import fontUrl from '@fontsource/open-sans/files/open-sans-latin-600-normal.woff2?url';
import type { ExpressionSpecification, LayerSpecification, StyleSpecification, SymbolLayerSpecification } from 'maplibre-gl';
import { colourOf, LOADING, overLimit, ROOM_AREA, ROOM_STATION, sizeOf, UNKNOWN_COLOUR, type Class } from '../lib/classes';
import { NOTHING, type Items } from '../state/layers';
import type { LayerName } from '../state/view.svelte';

/** From this zoom on low-voltage cables are fetched and drawn. */
export const LV_ZOOM = 14;
export const SOURCES = ['areas', 'mv', 'lv', 'open', 'stations', 'substations', 'projects', 'measures', 'drafts', 'added', 'outlines', 'picked', 'sketch'] as const;
export type SourceName = (typeof SOURCES)[number];

const INK = '#1d2b36';
const PAPER = '#f7f8f8';
const NO_AREA = '#ffffff';
const CHOSEN = '#111111';
const OUTLINE = '#5b3a8c';

const RING = { 'circle-radius': 14, 'circle-opacity': 0, 'circle-stroke-color': CHOSEN, 'circle-stroke-width': 3 };

/** Which layers of the style belong to a layer that can be switched. */
export const SWITCHED: Record<LayerName, string[]> = {
  areas: ['areas', 'areas-none', 'areas-edge'],
  cables: ['mv-synthetic', 'mv-known', 'mv-over', 'lv-synthetic', 'lv-known', 'open'],
  stations: ['stations', 'stations-over'],
  substations: ['substations', 'substations-over', 'substations-name'],
  projects: ['projects'],
  measures: ['measures', 'drafts', 'outlines', 'outlines-edge'],
  labels: ['areas-name'],
};

/** Layers that can be clicked, those on top first. */
export const CLICKED = ['drafts', 'measures', 'projects', 'substations', 'stations', 'mv-synthetic', 'mv-known', 'lv-synthetic', 'lv-known', 'added-points', 'added-lines', 'added-areas', 'areas'];

function cables(name: string, source: SourceName, synthetic: boolean, factor: number, minzoom: number): LayerSpecification {
  return {
    id: name,
    type: 'line',
    source,
    minzoom,
    filter: ['==', ['get', 'synthetic'], synthetic],
    layout: { 'line-cap': synthetic ? 'butt' : 'round' },
    paint: {
      'line-color': colourOf(LOADING),
      'line-width': sizeOf(LOADING, [10, factor * 0.9], [15, factor * 1.8]),
      ...(synthetic ? { 'line-dasharray': [4, 1] } : {}),
    },
  };
}

/** In room the same class numbers mean much room, and no mark belongs to them. */
export const overSize = (shown: boolean): number => (shown ? 0.62 : 0.001);

/** Over the limit, said by a mark too. */
function over(name: string, source: SourceName, minzoom: number, shown: boolean, extra: SymbolLayerSpecification['layout']): LayerSpecification {
  return {
    id: name,
    type: 'symbol',
    source,
    minzoom,
    layout: { 'icon-image': 'over', 'icon-size': overSize(shown), 'icon-allow-overlap': true, 'icon-ignore-placement': true, ...extra },
    paint: { 'icon-opacity': overLimit() },
  };
}

function areaLayers(room: boolean): LayerSpecification[] {
  return [
    { id: 'areas', type: 'fill', source: 'areas', paint: { 'fill-color': areaColour(room) } },
    { id: 'areas-none', type: 'fill', source: 'areas', filter: ['<', ['coalesce', ['get', 'room'], 1], 1], paint: { 'fill-pattern': 'hatch' } },
    { id: 'areas-edge', type: 'line', source: 'areas', paint: { 'line-color': '#8a949c', 'line-width': 0.8 } },
    {
      id: 'areas-chosen', type: 'line', source: 'areas', filter: ['==', ['get', 'area_code'], ''],
      paint: { 'line-color': CHOSEN, 'line-width': 3 },
    },
  ];
}

/** A synthetic station is an open ring, a known one is filled. */
export function stationPaint(classes: Class[]) {
  return {
    'circle-radius': sizeOf(classes, [11, 1], [15, 3.2]),
    'circle-color': ['case', ['get', 'synthetic'], '#ffffff', colourOf(classes)] as ExpressionSpecification,
    'circle-stroke-color': colourOf(classes),
  };
}

/** A layer of a component; its features carry the colour of their class. */
function addedLayers(): LayerSpecification[] {
  const colour: ExpressionSpecification = ['get', 'colour'];
  return [
    { id: 'added-areas', type: 'fill', source: 'added', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': colour, 'fill-outline-color': INK } },
    { id: 'added-lines', type: 'line', source: 'added', filter: ['==', ['geometry-type'], 'LineString'], paint: { 'line-color': colour, 'line-width': 3 } },
    {
      id: 'added-points', type: 'circle', source: 'added', filter: ['==', ['geometry-type'], 'Point'],
      paint: { 'circle-color': colour, 'circle-radius': 5, 'circle-stroke-color': INK, 'circle-stroke-width': 1 },
    },
  ];
}

function stationLayers(room: boolean): LayerSpecification[] {
  return [
    {
      id: 'stations', type: 'circle', source: 'stations', minzoom: 11,
      paint: {
        ...stationPaint(room ? ROOM_STATION : LOADING),
        'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 11, 1.4, 15, 3],
      },
    },
    over('stations-over', 'stations', 11, !room, {}),
    {
      id: 'substations', type: 'symbol', source: 'substations',
      layout: { 'icon-image': 'square', 'icon-size': 0.9, 'icon-allow-overlap': true, 'icon-ignore-placement': true },
      paint: { 'icon-color': colourOf(LOADING), 'icon-halo-color': INK, 'icon-halo-width': 2 },
    },
    over('substations-over', 'substations', 0, !room, { 'icon-offset': [22, -16] }),
  ];
}

function markLayers(): LayerSpecification[] {
  const shown = { 'icon-allow-overlap': true, 'icon-ignore-placement': true } as const;
  return [
    {
      id: 'projects', type: 'symbol', source: 'projects',
      layout: { 'icon-image': ['concat', 'fits-', ['coalesce', ['get', 'fits'], 'unknown']], 'icon-offset': ['get', 'offset'], ...shown },
    },
    { id: 'measures', type: 'symbol', source: 'measures', layout: { 'icon-image': 'measure', 'icon-size': 0.8, 'icon-offset': ['get', 'offset'], ...shown } },
    { id: 'drafts', type: 'symbol', source: 'drafts', layout: { 'icon-image': ['match', ['get', 'kind'], 'project', 'fits-unknown', 'measure'], 'icon-size': 0.8, 'icon-offset': ['get', 'offset'], ...shown } },
  ];
}

/** Places that are drawn in the plan that is open. */
function outlineLayers(): LayerSpecification[] {
  return [
    { id: 'outlines', type: 'fill', source: 'outlines', paint: { 'fill-color': OUTLINE, 'fill-opacity': 0.15 } },
    { id: 'outlines-edge', type: 'line', source: 'outlines', paint: { 'line-color': OUTLINE, 'line-width': 2.5, 'line-dasharray': [2, 1] } },
  ];
}

/** The outline that is being drawn: its area, its lines, its corners, and where the keyboard is. */
function sketchLayers(): LayerSpecification[] {
  const of = (part: string): ExpressionSpecification => ['==', ['get', 'part'], part];
  return [
    { id: 'sketch-area', type: 'fill', source: 'sketch', filter: of('area'), paint: { 'fill-color': OUTLINE, 'fill-opacity': 0.2 } },
    { id: 'sketch-line', type: 'line', source: 'sketch', filter: of('line'), paint: { 'line-color': OUTLINE, 'line-width': 3 } },
    {
      id: 'sketch-corners', type: 'circle', source: 'sketch', filter: of('corner'),
      paint: { 'circle-color': '#fff', 'circle-radius': 5, 'circle-stroke-color': OUTLINE, 'circle-stroke-width': 3 },
    },
    {
      id: 'sketch-cross', type: 'symbol', source: 'sketch', filter: of('cross'),
      layout: { 'icon-image': 'cross', 'icon-allow-overlap': true, 'icon-ignore-placement': true },
    },
  ];
}

function nameLayers(): LayerSpecification[] {
  const text = { 'text-font': ['Open Sans'], 'text-optional': true };
  const paint = { 'text-color': INK, 'text-halo-color': '#fff', 'text-halo-width': 1.6 };
  return [
    {
      id: 'areas-name', type: 'symbol', source: 'areas',
      layout: { ...text, 'text-field': ['get', 'label'], 'text-size': ['interpolate', ['linear'], ['zoom'], 11, 10, 15, 14], 'text-max-width': 7 },
      paint,
    },
    {
      id: 'substations-name', type: 'symbol', source: 'substations',
      layout: { ...text, 'text-field': ['get', 'substation_name'], 'text-size': 12, 'text-offset': [0, 1.4], 'text-anchor': 'top' },
      paint,
    },
  ];
}

/** What was chosen, ringed or thickened. */
function chosenLayers(): LayerSpecification[] {
  const none: ExpressionSpecification = ['==', ['get', 'link'], -1];
  const line = { 'line-color': CHOSEN, 'line-width': 7, 'line-opacity': 0.55 };
  return [
    { id: 'mv-chosen', type: 'line', source: 'mv', filter: none, paint: line },
    { id: 'lv-chosen', type: 'line', source: 'lv', filter: none, paint: line },
    { id: 'stations-chosen', type: 'circle', source: 'stations', filter: none, paint: RING },
    { id: 'substations-chosen', type: 'circle', source: 'substations', filter: none, paint: RING },
  ];
}

function promoted(source: SourceName): string | undefined {
  if (source === 'areas') return 'area_code';
  return ['projects', 'measures', 'drafts', 'added', 'outlines', 'open', 'picked', 'sketch'].includes(source) ? undefined : 'link';
}

/** ``room`` tells whether it begins with the homes that fit, or with what links carry; ``first`` what is in it. */
export function styleOf(room: boolean, first: Partial<Record<SourceName, Items>>): StyleSpecification {
  const sources = Object.fromEntries(
    SOURCES.map((name) => [name, { type: 'geojson' as const, data: first[name] ?? NOTHING, ...(promoted(name) ? { promoteId: promoted(name) } : {}) }]),
  );
  return {
    version: 8,
    'font-faces': { 'Open Sans': [{ url: new URL(fontUrl, location.href).href }] },
    sources,
    layers: [
      { id: 'paper', type: 'background', paint: { 'background-color': PAPER } },
      ...areaLayers(room),
      ...addedLayers(),
      ...outlineLayers(),
      ...chosenLayers(),
      cables('lv-synthetic', 'lv', true, 0.9, LV_ZOOM),
      cables('lv-known', 'lv', false, 0.9, LV_ZOOM),
      cables('mv-synthetic', 'mv', true, 1, 0),
      cables('mv-known', 'mv', false, 1, 0),
      over('mv-over', 'mv', 12, !room, { 'symbol-placement': 'line-center', 'icon-rotation-alignment': 'viewport' }),
      { id: 'open', type: 'line', source: 'open', minzoom: 11, paint: { 'line-color': INK, 'line-width': 2, 'line-dasharray': [1, 1.5] } },
      ...stationLayers(room),
      ...nameLayers(),
      ...markLayers(),
      { id: 'picked', type: 'circle', source: 'picked', paint: { ...RING, 'circle-radius': 20 } },
      ...sketchLayers(),
    ],
  };
}

/** Colour of areas by their own property. */
export function areaColour(byRoom: boolean): string | ExpressionSpecification {
  if (!byRoom) return NO_AREA;
  const steps = ROOM_AREA.slice(1).flatMap((each) => [each.from, each.colour]);
  return ['case', ['==', ['get', 'room'], null], UNKNOWN_COLOUR, ['step', ['get', 'room'], ROOM_AREA[0].colour, ...steps]] as unknown as ExpressionSpecification;
}
