/** How the map is drawn: sources, layers and their colours; no tiles and no glyphs from elsewhere. */

import fontUrl from '@fontsource/open-sans/files/open-sans-latin-400-normal.woff2?url';
import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';
import { colourBy, LOADING, ROOM, sizeBy } from '../lib/classes';
import type { LayerName } from '../lib/state.svelte';

export const FONT = ['Open Sans'];
export const LV_ZOOM = 14;
/** Layers of the map that show a layer of the picture. */
export const SHOWN_BY: Record<LayerName, string[]> = {
  areas: ['areas', 'areas-none', 'areas-line', 'areas-name'],
  cables: ['cables', 'lv'],
  stations: ['stations', 'stations-name'],
  substations: ['substations', 'substations-name'],
  projects: ['projects', 'projects-name'],
  measures: ['measures'],
};
export const CLICKABLE = ['substations', 'stations', 'cables', 'lv', 'areas'];

const nothing = { type: 'FeatureCollection', features: [] } as const;
/** Loading that was set last, or the highest of the week that the feature came with. */
const loading = ['coalesce', ['feature-state', 'loading'], -1];
const room = ['coalesce', ['feature-state', 'room'], ['get', 'room_mid'], -1];

function source(promoteId: string) {
  return { type: 'geojson' as const, data: nothing as never, promoteId };
}

function widened(factor: number): unknown[] {
  return ['interpolate', ['exponential', 1.5], ['zoom'],
    10, sizeBy(loading, LOADING, 0.6 * factor), 16, sizeBy(loading, LOADING, 2.2 * factor)];
}

const layers: unknown[] = [
  { id: 'ground', type: 'background', paint: { 'background-color': '#eef2f5' } },
  {
    id: 'areas', type: 'fill', source: 'areas',
    paint: { 'fill-color': colourBy(room, ROOM), 'fill-opacity': 0.75 },
  },
  {
    id: 'areas-none', type: 'fill', source: 'areas', filter: ['<=', ['coalesce', ['get', 'room_mid'], 1], 0],
    paint: { 'fill-pattern': 'hatched' },
  },
  {
    id: 'areas-line', type: 'line', source: 'areas',
    paint: {
      'line-color': ['case', ['boolean', ['feature-state', 'chosen'], false], '#111111', '#8795a1'],
      'line-width': ['case', ['boolean', ['feature-state', 'chosen'], false], 3, 0.8],
    },
  },
  {
    id: 'lv', type: 'line', source: 'lv', minzoom: LV_ZOOM,
    paint: { 'line-color': colourBy(loading, LOADING), 'line-width': widened(0.6), 'line-dasharray': [3, 1] },
  },
  {
    id: 'cables', type: 'line', source: 'cables',
    paint: { 'line-color': colourBy(loading, LOADING), 'line-width': widened(1) },
  },
  {
    id: 'stations', type: 'circle', source: 'stations', minzoom: 11.5,
    paint: {
      'circle-color': colourBy(loading, LOADING),
      'circle-radius': ['interpolate', ['linear'], ['zoom'],
        11.5, sizeBy(loading, LOADING, 1), 16, sizeBy(loading, LOADING, 3.2)],
      'circle-stroke-color': ['case', ['boolean', ['feature-state', 'chosen'], false], '#000000', '#ffffff'],
      'circle-stroke-width': ['case', ['boolean', ['feature-state', 'chosen'], false], 4, 0.7],
    },
  },
  {
    id: 'measures', type: 'symbol', source: 'measures',
    layout: { 'icon-image': 'measure', 'icon-allow-overlap': true },
  },
  {
    id: 'projects', type: 'symbol', source: 'projects',
    layout: {
      'icon-image': ['match', ['coalesce', ['get', 'fits'], ''],
        'yes', 'fits-yes', 'partly', 'fits-partly', 'no', 'fits-no', 'fits-unknown'],
      'icon-allow-overlap': true,
    },
  },
  {
    id: 'substations', type: 'symbol', source: 'substations',
    layout: { 'icon-image': 'substation', 'icon-allow-overlap': true },
  },
  name('areas-name', 'areas', ['get', 'area_name'], 12, 12, 15),
  name('stations-name', 'stations', ['get', 'station_id'], 15.5, 10, 24),
  name('substations-name', 'substations', ['get', 'substation_name'], 10, 13, 24, true),
  name('projects-name', 'projects', ['get', 'name'], 13.5, 11, 24, true),
];

function name(id: string, from: string, field: unknown, minzoom: number, size: number, maxzoom: number, below = false) {
  return {
    id, type: 'symbol', source: from, minzoom, maxzoom,
    layout: {
      'text-field': field, 'text-font': FONT, 'text-size': size, 'text-max-width': 8,
      ...(below ? { 'text-anchor': 'top', 'text-offset': [0, 1] } : {}),
    },
    paint: { 'text-color': '#1b2733', 'text-halo-color': '#ffffff', 'text-halo-width': 1.4 },
  };
}

/** The style of the map. */
export function styleOfMap(): StyleSpecification {
  const font = { 'Open Sans': [{ url: new URL(fontUrl, location.href).href }] };
  return {
    version: 8,
    'font-faces': font,
    sources: {
      areas: source('area_code'),
      cables: source('cable_id'),
      lv: source('cable_id'),
      stations: source('station_id'),
      substations: source('substation_id'),
      projects: source('project_id'),
      measures: source('measure_id'),
    },
    layers: layers as LayerSpecification[],
  } as unknown as StyleSpecification;
}

type Draw = (pen: CanvasRenderingContext2D, size: number) => void;

function picture(size: number, draw: Draw): ImageData {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size;
  const pen = canvas.getContext('2d') as CanvasRenderingContext2D;
  draw(pen, size);
  return pen.getImageData(0, 0, size, size);
}

function sign(fill: string, text: string): Draw {
  return (pen, size) => {
    pen.fillStyle = fill;
    pen.strokeStyle = '#ffffff';
    pen.lineWidth = 4;
    pen.beginPath();
    pen.arc(size / 2, size / 2, size / 2 - 3, 0, 7);
    pen.fill();
    pen.stroke();
    pen.fillStyle = '#ffffff';
    pen.font = `bold ${size * 0.55}px sans-serif`;
    pen.textAlign = 'center';
    pen.textBaseline = 'middle';
    pen.fillText(text, size / 2, size / 2 + 1);
  };
}

function square(fill: string): Draw {
  return (pen, size) => {
    pen.fillStyle = '#ffffff';
    pen.fillRect(2, 2, size - 4, size - 4);
    pen.fillStyle = fill;
    pen.fillRect(6, 6, size - 12, size - 12);
  };
}

function diamond(fill: string): Draw {
  return (pen, size) => {
    pen.fillStyle = fill;
    pen.strokeStyle = '#ffffff';
    pen.lineWidth = 4;
    pen.beginPath();
    pen.moveTo(size / 2, 3);
    pen.lineTo(size - 3, size / 2);
    pen.lineTo(size / 2, size - 3);
    pen.lineTo(3, size / 2);
    pen.closePath();
    pen.fill();
    pen.stroke();
  };
}

function hatched(pen: CanvasRenderingContext2D, size: number): void {
  pen.strokeStyle = 'rgba(107, 15, 36, 0.35)';
  pen.lineWidth = 2;
  for (let at = -size; at < size * 2; at += 8) {
    pen.beginPath();
    pen.moveTo(at, size);
    pen.lineTo(at + size, 0);
    pen.stroke();
  }
}

/** Signs on the map: each differs in shape as well as in colour. */
export const SIGNS: Record<string, () => ImageData> = {
  hatched: () => picture(16, hatched),
  substation: () => picture(32, square('#1b2733')),
  measure: () => picture(30, diamond('#5b3c88')),
  'fits-yes': () => picture(36, sign('#14665c', '✓')),
  'fits-partly': () => picture(36, sign('#9a6412', '~')),
  'fits-no': () => picture(36, sign('#8c1d2b', '×')),
  'fits-unknown': () => picture(36, sign('#52606b', '?')),
};
