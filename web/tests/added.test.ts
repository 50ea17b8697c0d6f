import { expect, test } from 'vitest';
import { addedLayers, quantileClasses } from '../src/lib/added';
import type { Component } from '../src/lib/types';

const words = { nl: 'laag', en: 'layer' };
const component = (id: string, own: boolean, layer: string) =>
  ({ id, own, outputs: { layers: [{ name: layer, about: words, columns: [{ name: 'share', kind: 'number', unit: '1', about: words }] }] } }) as unknown as Component;

test('only layers of others are added, under the name that the service gives them', () => {
  const found = addedLayers([component('room', true, 'room'), component('charger-access', false, 'charger_access'), component('noise', false, 'road_noise')]);
  expect(found.map((each) => each.collection)).toEqual(['charger-access', 'noise-road-noise']);
  expect(found[0].shown?.name).toBe('share');
});

test('classes hold about as many features each, and fewer where values are alike', () => {
  expect(quantileClasses([5, 1, 2, null, 3, 4]).map((each) => each.from)).toEqual([1, 2, 3, 4, 5]);
  expect(quantileClasses([1, 1, 1]).map((each) => each.from)).toEqual([1]);
  expect(quantileClasses([null])).toEqual([]);
});
