/** Marks of the map, drawn on a canvas: shapes that differ, so that colour is never the only sign. */

import type { Map as GlMap } from 'maplibre-gl';

const SIZE = 48;
type Draw = (brush: CanvasRenderingContext2D) => void;

/** What fits of a project, by colour and shape. */
export const FITS = {
  yes: { colour: '#1f6f5c', mark: 'fits-yes' },
  partly: { colour: '#b3700b', mark: 'fits-partly' },
  no: { colour: '#9c2b20', mark: 'fits-no' },
  unknown: { colour: '#5c6670', mark: 'fits-unknown' },
} as const;

function disc(brush: CanvasRenderingContext2D, colour: string): void {
  brush.beginPath();
  brush.arc(24, 24, 19, 0, 2 * Math.PI);
  brush.fillStyle = colour;
  brush.fill();
  brush.lineWidth = 4;
  brush.strokeStyle = '#fff';
  brush.stroke();
}

function stroke(brush: CanvasRenderingContext2D, ...points: [number, number][]): void {
  brush.beginPath();
  points.forEach(([x, y], at) => (at ? brush.lineTo(x, y) : brush.moveTo(x, y)));
  brush.lineWidth = 5;
  brush.lineCap = 'round';
  brush.strokeStyle = '#fff';
  brush.stroke();
}

function polygon(brush: CanvasRenderingContext2D, fill: string, ...points: [number, number][]): void {
  brush.beginPath();
  points.forEach(([x, y], at) => (at ? brush.lineTo(x, y) : brush.moveTo(x, y)));
  brush.closePath();
  brush.fillStyle = fill;
  brush.fill();
  brush.lineWidth = 4;
  brush.strokeStyle = '#fff';
  brush.stroke();
}

const MARKS: Record<string, Draw> = {
  'fits-yes': (brush) => {
    disc(brush, FITS.yes.colour);
    stroke(brush, [15, 25], [22, 32], [34, 17]);
  },
  'fits-partly': (brush) => {
    disc(brush, FITS.partly.colour);
    stroke(brush, [15, 24], [33, 24]);
  },
  'fits-no': (brush) => {
    disc(brush, FITS.no.colour);
    stroke(brush, [17, 17], [31, 31]);
    stroke(brush, [31, 17], [17, 31]);
  },
  'fits-unknown': (brush) => disc(brush, FITS.unknown.colour),
  measure: (brush) => polygon(brush, '#5b3a8c', [24, 4], [44, 24], [24, 44], [4, 24]),
  draft: (brush) => polygon(brush, '#fff', [24, 4], [44, 24], [24, 44], [4, 24]),
  cross: (brush) => {
    for (const [colour, width] of [['#fff', 7], ['#111', 3]] as const) {
      brush.beginPath();
      for (const [x, y, toX, toY] of [[4, 24, 44, 24], [24, 4, 24, 44]]) {
        brush.moveTo(x, y);
        brush.lineTo(toX, toY);
      }
      brush.lineWidth = width;
      brush.strokeStyle = colour;
      brush.stroke();
    }
  },
  over: (brush) => {
    polygon(brush, '#6b0f24', [24, 5], [45, 42], [3, 42]);
    stroke(brush, [24, 18], [24, 28]);
    stroke(brush, [24, 36], [24, 36]);
  },
};

/** Slanting lines over areas without any room. */
function hatch(brush: CanvasRenderingContext2D): void {
  brush.strokeStyle = 'rgba(120, 84, 40, 0.55)';
  brush.lineWidth = 1.5;
  for (const shift of [-16, 0, 16]) {
    brush.beginPath();
    brush.moveTo(shift, 16);
    brush.lineTo(shift + 16, 0);
    brush.stroke();
  }
}

function square(brush: CanvasRenderingContext2D): void {
  brush.fillStyle = '#000';
  brush.fillRect(8, 8, 32, 32);
}

function drawn(size: number, draw: Draw): ImageData {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size;
  const brush = canvas.getContext('2d') as CanvasRenderingContext2D;
  draw(brush);
  return brush.getImageData(0, 0, size, size);
}

export function addMarks(map: GlMap): void {
  for (const [name, draw] of Object.entries(MARKS)) map.addImage(name, drawn(SIZE, draw), { pixelRatio: 2 });
  map.addImage('hatch', drawn(16, hatch));
  map.addImage('square', drawn(SIZE, square), { pixelRatio: 2, sdf: true });
}

/** A mark as a picture for a legend. */
export function markAddress(name: string): string {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = SIZE;
  MARKS[name](canvas.getContext('2d') as CanvasRenderingContext2D);
  return canvas.toDataURL();
}
