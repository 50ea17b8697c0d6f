import { expect, test } from 'vitest';
import { band, euros, gap, measured, MISSING, moment, number, percent, readNumber } from '../src/lib/format';

test('numbers are written as the language does', () => {
  expect(number(12345.6, 'nl')).toBe('12.346');
  expect(number(12345.6, 'en')).toBe('12,346');
  expect(measured(17.34, 'nl')).toBe('17,3');
  expect(measured(0.951, 'nl')).toBe('0,95');
  expect(number(-0.2, 'nl')).toBe('0');
});

test('what is missing is never 0', () => {
  for (const nothing of [null, undefined, Number.NaN]) {
    expect([number(nothing, 'nl'), measured(nothing, 'en'), percent(nothing, 'nl'), euros(nothing, 'nl')]).toEqual(Array(4).fill(MISSING));
  }
  expect(band({ low: 0, mid: null, high: 5 }, 'nl')).toBe('0 – – – 5');
});

test('euros are in millions from a million on', () => {
  expect(euros(43_210_000, 'nl')).toBe('€\u00a043,2\u00a0mln');
  expect(euros(850_000, 'nl')).toBe('€\u00a0850.000');
  expect(euros(1_540_000, 'en')).toBe('€1.5\u00a0million');
});

test('a gap is rounded up, since a proof may not claim more than it gives', () => {
  expect(gap(0.00761, 'nl')).toBe('0,8\u00a0%');
  expect(gap(0.01, 'en')).toBe('1\u00a0%');
  expect(gap(null, 'nl')).toBe(MISSING);
});

test('a quarter is told on the clock of the city', () => {
  expect(moment('2023-01-17T17:15Z', 'nl')).toMatch(/di 17 januari.*18:15/);
  expect(moment('2023-07-17T17:15Z', 'en')).toMatch(/19:15/);
  expect(moment(null, 'nl')).toBe(MISSING);
});

test('numbers are read as people type them', () => {
  expect(readNumber('1.250.000')).toBe(1_250_000);
  expect(readNumber('12,5')).toBe(12.5);
  expect(readNumber('0.5')).toBe(0.5);
  expect(readNumber('2 000')).toBe(2000);
  expect([readNumber(''), readNumber('veel')]).toEqual([null, null]);
});
