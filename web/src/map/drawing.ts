/** One map as it is drawn: holds the layers, sets the class of every link, and tells what is clicked. */

import { Map as GlMap, NavigationControl, prewarm, ScaleControl, setWorkerUrl, type ExpressionSpecification, type GeoJSONSource, type MapMouseEvent } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import 'maplibre-gl/dist/maplibre-gl.css';
import { LOADING, ROOM_STATION } from '../lib/classes';
import type { Corner } from '../lib/outlines';
import type { Row } from '../lib/types';
import type { Items } from '../state/layers';
import type { Camera, LayerName } from '../state/view.svelte';
import { addMarks } from './marks';
import { Sketch, type Sketched } from './sketch';
import { areaColour, CLICKED, overSize, stationPaint, styleOf, SWITCHED, type SourceName } from './style';

setWorkerUrl(workerUrl);
// The worker starts while the city is still asked for.
prewarm();

const NEAR_PX = 6;
const LINKED: SourceName[] = ['mv', 'lv', 'stations', 'substations'];
/** A class that no link has, so that every first one is set. */
const UNSET = -2;

export type Clicked = { layer: string; row: Row }[];
/** What a map begins with: then its layers need not be drawn empty first. */
export type First = { room: boolean; layers: Partial<Record<SourceName, Items>> };
export type Words = { title: string; zoomIn: string; zoomOut: string };

export class Drawing {
  readonly map: GlMap;
  private given: Partial<Record<SourceName, Items>> = {};
  private hidden = new Set<string>();
  private sketch: Sketch | null = null;
  private links: Partial<Record<SourceName, number[]>> = {};
  private set: Partial<Record<SourceName, Int8Array>> = {};

  constructor(container: HTMLElement, box: [number, number, number, number], camera: Camera | null, words: Words, first: First) {
    this.map = new GlMap({
      container,
      style: styleOf(first.room, first.layers),
      ...(camera ? { center: camera.center, zoom: camera.zoom } : { bounds: box, fitBoundsOptions: { padding: 12 } }),
      minZoom: 9,
      maxZoom: 18,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      attributionControl: false,
      fadeDuration: 0,
      locale: { 'Map.Title': words.title, 'NavigationControl.ZoomIn': words.zoomIn, 'NavigationControl.ZoomOut': words.zoomOut },
    });
    for (const [name, items] of Object.entries(first.layers) as [SourceName, Items][]) this.remember(name, items);
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.addControl(new NavigationControl({ showCompass: false }), 'top-right');
    this.map.addControl(new ScaleControl({ unit: 'metric' }), 'bottom-left');
  }

  /** When layers can be given; the map need not have drawn its empty ones first. */
  loaded(): Promise<void> {
    return new Promise((done) => {
      this.map.once('style.load', () => {
        addMarks(this.map);
        done();
      });
    });
  }

  give(name: SourceName, items: Items): void {
    // Each time that a layer is given it is cut into tiles anew, also when it is the same or empty.
    if (items === this.given[name] || (!items.features.length && !this.given[name])) return;
    this.remember(name, items);
    (this.map.getSource(name) as GeoJSONSource).setData(items);
  }

  private remember(name: SourceName, items: Items): void {
    this.given[name] = items;
    if (!LINKED.includes(name)) return;
    this.links[name] = items.features.map((each) => each.properties.link as number);
    // New features of a source may have been drawn before, and then keep their class.
    this.set[name] = new Int8Array(items.features.length).fill(UNSET);
  }

  /** Sets the class of every link that is drawn; only where it changed. */
  paint(classes: Int8Array): void {
    for (const source of LINKED) {
      const [links, set] = [this.links[source], this.set[source]];
      if (!links || !set) continue;
      for (let at = 0; at < links.length; at += 1) {
        const now = classes[links[at]];
        if (now === set[at]) continue;
        set[at] = now;
        this.map.setFeatureState({ source, id: links[at] }, { class: now });
      }
    }
  }

  /** Whether areas and stations show their room, or links their loading. */
  colourBy(room: boolean): void {
    this.map.setPaintProperty('areas', 'fill-color', areaColour(room));
    for (const [name, value] of Object.entries(stationPaint(room ? ROOM_STATION : LOADING))) {
      this.map.setPaintProperty('stations', name as 'circle-color', value as ExpressionSpecification);
    }
    this.showOver(!room);
  }

  private showOver(shown: boolean): void {
    for (const name of ['stations-over', 'substations-over', 'mv-over']) {
      this.map.setLayoutProperty(name, 'icon-size', overSize(shown));
    }
  }

  show(layers: Record<LayerName, boolean>, rooms: boolean): void {
    for (const [name, ids] of Object.entries(SWITCHED) as [LayerName, string[]][]) {
      for (const id of ids) {
        const shown = layers[name] && (id !== 'areas-none' || rooms);
        // Setting it anew, even to what it is, cuts the whole source into tiles again.
        if (shown === !this.hidden.has(id)) continue;
        if (shown) this.hidden.delete(id);
        else this.hidden.add(id);
        this.map.setLayoutProperty(id, 'visibility', shown ? 'visible' : 'none');
      }
    }
  }

  mark(area: string, link: number): void {
    this.map.setFilter('areas-chosen', ['==', ['get', 'area_code'], area]);
    for (const source of LINKED) this.map.setFilter(`${source}-chosen`, ['==', ['get', 'link'], link]);
  }

  /** What lies at a point of the canvas, that on top first; each thing once. */
  at(x: number, y: number): Clicked {
    const near: [[number, number], [number, number]] = [[x - NEAR_PX, y - NEAR_PX], [x + NEAR_PX, y + NEAR_PX]];
    const found = this.map.queryRenderedFeatures(near, { layers: CLICKED });
    const ranked = found.map((each) => ({ layer: each.layer.id, row: each.properties as Row }));
    return ranked.sort((one, other) => CLICKED.indexOf(one.layer) - CLICKED.indexOf(other.layer));
  }

  onClick(act: (found: Clicked, at: { lon: number; lat: number }) => void): void {
    this.map.on('click', (event: MapMouseEvent) => {
      if (this.sketch) return;
      act(this.at(event.point.x, event.point.y), { lon: event.lngLat.lng, lat: event.lngLat.lat });
    });
    // Enter on the map is a click in its middle.
    this.map.getCanvas().addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || this.sketch) return;
      const middle = this.map.getCenter();
      const { x, y } = this.map.project(middle);
      act(this.at(x, y), { lon: middle.lng, lat: middle.lat });
    });
  }

  /** Lets somebody draw an outline, until it is closed or stopped. */
  outline(tell: (now: Sketched) => void, done: (corners: Corner[]) => void): Sketch {
    this.stopOutline();
    this.sketch = new Sketch(this.map, tell, done);
    return this.sketch;
  }

  stopOutline(): void {
    this.sketch?.remove();
    this.sketch = null;
  }

  get camera(): Camera {
    const { lng, lat } = this.map.getCenter();
    return { center: [lng, lat], zoom: this.map.getZoom() };
  }

  /** Moves to a place that lies out of view, or is drawn too small to see. */
  bringIntoView(at: { lon: number; lat: number }, zoom: number): void {
    if (this.map.getZoom() >= zoom && this.map.getBounds().contains([at.lon, at.lat])) return;
    this.map.flyTo({ center: [at.lon, at.lat], zoom: Math.max(this.map.getZoom(), zoom), essential: false });
  }

  showAll(box: [number, number, number, number]): void {
    this.map.fitBounds(box, { padding: 12, essential: false });
  }

  /** The map as a picture, for paper. */
  picture(): string {
    this.map.redraw();
    return this.map.getCanvas().toDataURL('image/png');
  }

  remove(): void {
    this.map.remove();
  }
}

/** Lets two maps look at the same place. */
export function coupled(one: Drawing, other: Drawing): void {
  let moving = false;
  const follow = (leader: Drawing, follower: Drawing) =>
    leader.map.on('move', () => {
      if (moving) return;
      moving = true;
      follower.map.jumpTo({ center: leader.map.getCenter(), zoom: leader.map.getZoom() });
      moving = false;
    });
  follow(one, other);
  follow(other, one);
}
