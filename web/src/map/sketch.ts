/** Draws an outline on a map, by mouse or touch and by keyboard alone. */

import type { GeoJSONSource, Map as GlMap, MapMouseEvent } from 'maplibre-gl';
import { CORNERS_MIN, crosses, type Corner } from '../lib/outlines';
import { NOTHING, type Item } from '../state/layers';

/** What a sketch tells while it is drawn: how many corners it has, and why it cannot be closed. */
export type Sketched = { corners: number; problem: 'few' | 'crosses' | null };

const STEP_PX = 20;
const FINE_PX = 2;
/** How near to the border of the map the cross may come before the map moves along. */
const MARGIN_PX = 40;
const SAME_PX = 4;
const FIRST_PX = 10;
const ARROWS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Sketch {
  private corners: Corner[] = [];
  private cross: Corner;
  private hover: Corner | null = null;
  /** Whether the cross was moved since the last corner: then Enter sets one, else it closes. */
  private moved = true;

  constructor(
    private readonly map: GlMap,
    private readonly tell: (now: Sketched) => void,
    private readonly done: (corners: Corner[]) => void,
  ) {
    this.cross = map.getCenter().toArray();
    map.on('click', this.clicked);
    map.on('dblclick', this.doubled);
    map.on('mousemove', this.hovered);
    map.getCanvas().addEventListener('keydown', this.pressed);
    map.getCanvas().focus();
    this.draw();
  }

  remove(): void {
    this.map.off('click', this.clicked);
    this.map.off('dblclick', this.doubled);
    this.map.off('mousemove', this.hovered);
    this.map.getCanvas().removeEventListener('keydown', this.pressed);
    this.source?.setData(NOTHING);
  }

  /** Sets a corner where the cross is. */
  set(): void {
    this.add(this.cross);
  }

  takeBack(): void {
    this.corners = this.corners.slice(0, -1);
    this.moved = true;
    this.draw();
  }

  close(): void {
    const problem = this.corners.length < CORNERS_MIN ? 'few' : crosses(this.corners) ? 'crosses' : null;
    if (problem) this.tell({ corners: this.corners.length, problem });
    else this.done(this.corners);
  }

  private add(corner: Corner): void {
    this.corners = [...this.corners, corner];
    [this.cross, this.moved] = [corner, false];
    this.draw();
  }

  private readonly clicked = (event: MapMouseEvent): void => {
    const [first, last] = [this.corners[0], this.corners.at(-1)];
    // The second click of two falls on the corner of the first.
    if (last && this.far(last, event) <= SAME_PX) return;
    if (this.corners.length >= CORNERS_MIN && this.far(first, event) <= FIRST_PX) this.close();
    else this.add(event.lngLat.toArray());
  };

  private readonly doubled = (event: MapMouseEvent): void => {
    event.preventDefault();
    this.close();
  };

  private readonly hovered = (event: MapMouseEvent): void => {
    this.hover = event.lngLat.toArray();
    this.draw();
  };

  private readonly pressed = (event: KeyboardEvent): void => {
    const arrow = ARROWS[event.key];
    if (arrow) this.move(arrow, event.shiftKey ? FINE_PX : STEP_PX);
    else if (event.key === 'Enter') this.moved || !this.corners.length ? this.set() : this.close();
    else if (event.key === 'Backspace') this.takeBack();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  private move([right, down]: [number, number], step: number): void {
    const { x, y } = this.map.project(this.cross);
    const at: [number, number] = [x + right * step, y + down * step];
    [this.cross, this.moved, this.hover] = [this.map.unproject(at).toArray(), true, null];
    const { clientWidth: width, clientHeight: height } = this.map.getCanvas();
    const within = at[0] > MARGIN_PX && at[1] > MARGIN_PX && at[0] < width - MARGIN_PX && at[1] < height - MARGIN_PX;
    if (!within) this.map.jumpTo({ center: this.cross });
    this.draw();
  }

  /** Distance on the screen of a corner to where was clicked. [px] */
  private far(corner: Corner, event: MapMouseEvent): number {
    return this.map.project(corner).dist(event.point);
  }

  private get source(): GeoJSONSource | undefined {
    return this.map.getSource('sketch');
  }

  private draw(): void {
    const end = this.hover ?? (this.moved ? this.cross : null);
    const line = end ? [...this.corners, end] : this.corners;
    const features: Item[] = this.corners.map((each) => part('corner', { type: 'Point', coordinates: each }));
    if (line.length > 1) features.push(part('line', { type: 'LineString', coordinates: line }));
    if (line.length > 2) features.push(part('area', { type: 'Polygon', coordinates: [[...line, line[0]]] }));
    features.push(part('cross', { type: 'Point', coordinates: this.cross }));
    this.source?.setData({ type: 'FeatureCollection', features });
    this.tell({ corners: this.corners.length, problem: null });
  }
}

function part(name: string, geometry: Item['geometry']): Item {
  return { type: 'Feature', properties: { part: name }, geometry };
}
