import { expect, test } from 'vitest';
import { crosses, outlineOf, outlinesOf, placeName, withOutline, withoutOutline, type Corner } from '../src/lib/outlines';
import type { Plan } from '../src/lib/types';

const plan: Plan = { name: 'P', city: 'A', first_year: 2026, last_year: 2030 };
const square: Corner[] = [[5, 52], [5.01, 52], [5.01, 52.01], [5, 52.01]];

test('an outline is a closed ring under the name of its place', () => {
  const made = outlineOf(withOutline(plan, 'Weide', square, 'drawn'), 'Weide');
  expect(made?.geometry.coordinates).toEqual([[...square, square[0]]]);
  expect(made?.properties).toEqual({ place: 'Weide', assumed: true, source: 'drawn' });
});

test('drawing a place again replaces its outline, and taking the last away leaves none', () => {
  const twice = withOutline(withOutline(plan, 'Weide', square, 'a'), 'Weide', square.slice(0, 3), 'b');
  expect(outlinesOf(twice)).toHaveLength(1);
  expect(outlineOf(twice, 'Weide')?.geometry.coordinates[0]).toHaveLength(4);
  expect(withoutOutline(twice, 'Weide').outlines).toBeUndefined();
  expect(outlinesOf(null)).toEqual([]);
});

test('lines that cross are noticed, and those of a corner are not', () => {
  expect(crosses(square)).toBe(false);
  expect(crosses(square.slice(0, 3))).toBe(false);
  expect(crosses([square[0], square[2], square[1], square[3]])).toBe(true);
  const dented: Corner[] = [[0, 0], [4, 0], [4, 4], [2, 1], [0, 4]];
  expect(crosses(dented)).toBe(false);
  // A corner on an edge between others.
  expect(crosses([[0, 0], [4, 0], [4, 4], [2, 0], [0, 4]])).toBe(true);
});

test('the name of a drawn place is free, and stays when it is drawn again', () => {
  const drawn = withOutline(plan, 'Omtrek Weide', square, 'a');
  expect(placeName('Omtrek Weide', 'WK003401', drawn, ['Pampus'])).toBe('Omtrek Weide-2');
  expect(placeName('Omtrek Weide', 'Omtrek Weide', drawn, [])).toBe('Omtrek Weide');
  expect(placeName('Pampus', '', plan, ['Pampus'])).toBe('Pampus-2');
  expect(placeName(' A, "b" =c ', '', plan, [])).toBe('A b c');
});
