import { expect, test } from 'vitest';
import { classOf, LOADING, OVER_LIMIT, ROOM_AREA, UNKNOWN } from '../src/lib/classes';
import { scaleOf } from '../src/lib/ticks';

test('a class holds its lower limit', () => {
  expect(classOf(0.99, LOADING)).toBe(OVER_LIMIT - 1);
  expect(classOf(1, LOADING)).toBe(OVER_LIMIT);
  expect(classOf(9, LOADING)).toBe(LOADING.length - 1);
  expect(classOf(0, ROOM_AREA)).toBe(0);
});

test('what is unknown has no class', () => {
  expect([classOf(null, LOADING), classOf(undefined, LOADING), classOf(Number.NaN, LOADING)]).toEqual([UNKNOWN, UNKNOWN, UNKNOWN]);
});

/** Lightness as the eye sees it (CIE L*). */
function lightness(colour: string): number {
  const parts = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255);
  const [r, g, b] = parts.map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4));
  return 116 * Math.cbrt(0.2126 * r + 0.7152 * g + 0.0722 * b) - 16;
}

test('classes of room differ in lightness, and those of loading in size too', () => {
  const light = ROOM_AREA.map((each) => lightness(each.colour));
  light.slice(1).forEach((each, at) => expect(light[at] - each).toBeGreaterThan(4));
  LOADING.slice(1).forEach((each, at) => expect(each.size).toBeGreaterThan(LOADING[at].size));
});

test('an axis has round ticks around its values', () => {
  expect(scaleOf([0, 27_065])).toEqual({ low: 0, high: 30_000, ticks: [0, 10_000, 20_000, 30_000] });
  expect(scaleOf([null, null]).ticks).toEqual([0, 1]);
  expect(scaleOf([-40, 90]).low).toBeLessThanOrEqual(-40);
});
