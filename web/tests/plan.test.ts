import { expect, test } from 'vitest';
import { begin, keep, redo, undo } from '../src/lib/history';
import { textOf, valueOf } from '../src/lib/measure_form';
import { asDocumentName, emptyPlan, freeName, newMeasure, serviceOf, withItem, withKey, withoutItem, withService } from '../src/lib/plan';
import { atField, inputId, wholeSentence, withinEntry } from '../src/lib/faults';
import { fromNationalGrid, middleOf, readPoint, writePoint } from '../src/lib/places';
import type { Issue, Measure } from '../src/lib/types';

const plan = emptyPlan('Proef', 'Almere', 2026, 2036);

test('every change can be undone and done again, and a new one ends what was undone', () => {
  const one = keep(begin(plan), { ...plan, name: 'een' });
  const two = keep(one, { ...plan, name: 'twee' });
  expect(undo(two).now.name).toBe('een');
  expect(redo(undo(two)).now.name).toBe('twee');
  expect(redo(keep(undo(two), { ...plan, name: 'drie' })).now.name).toBe('drie');
  expect(undo(begin(plan)).now).toBe(plan);
});

test('a measure gets a name of its own', () => {
  const first = newMeasure(plan, 'new_station', 'WK003476');
  const second = newMeasure({ ...plan, measure: [first] }, 'new_station', 'WK003476');
  expect([first.id, second.id]).toEqual(['new-station', 'new-station-2']);
  expect(freeName('a', ['a', 'a-2'])).toBe('a-3');
  expect(asDocumentName('Plan Café: 2035!')).toBe('Plan-Cafe-2035');
});

test('an empty key leaves the plan', () => {
  const measure = newMeasure(plan, 'new_station', 'city');
  expect(withKey(measure, 'owner', '')).not.toHaveProperty('owner');
  expect(withKey(measure, 'payers', withKey({ state: 1 }, 'state', ''))).not.toHaveProperty('payers');
  expect(withItem([1, 2], 1, 5)).toEqual([1, 5]);
  expect(withoutItem([1, 2], 0)).toEqual([2]);
});

test('a day of service is one day, or a band of them', () => {
  const measure = newMeasure(plan, 'new_station', 'city');
  const banded = withService(measure, 'late', '2030-07-01');
  expect(banded.in_service).toEqual({ expected: 2026, late: '2030-07-01' });
  expect(withService(banded, 'late', '').in_service).toBe(2026);
  expect(serviceOf({ ...measure, in_service: { early: 2025, expected: 2026 } })).toEqual({ early: '2025', expected: '2026', late: '' });
});

test('text that is no number is sent as it is, so that the service tells the fault', () => {
  const size = { key: 'size', kind: 'number' } as const;
  expect([valueOf('1.500', size), valueOf('veel', size)]).toEqual([1500, 'veel']);
  expect(valueOf('a, b ,', { key: 'depends_on', kind: 'list' })).toEqual(['a', 'b']);
  expect(textOf({ depends_on: ['a', 'b'] } as unknown as Measure, { key: 'depends_on', kind: 'list' })).toBe('a, b');
});

test('faults find their field', () => {
  const issue: Issue = { where: 'measure a', problem: 'is wrong.', remedy: '', severity: 'fault', language: 'en', field: '/measure/1/size' };
  expect(atField([issue], '/measure/1/size')).toEqual([issue]);
  expect(withinEntry([issue], '/measure/1')).toEqual([issue]);
  expect(withinEntry([{ ...issue, field: '/measure/10/size' }], '/measure/1')).toEqual([]);
  expect(inputId('/measure/1/size')).toBe('f-measure-1-size');
  expect(wholeSentence(issue)).toBe('Is wrong.');
});

test('a point is read in degrees and in metres of the national grid', () => {
  expect(readPoint('52.37,5.21')).toEqual({ lat: 52.37, lon: 5.21 });
  expect(readPoint('WK003476')).toBeNull();
  expect(writePoint({ lon: 5.2100001, lat: 52.37 })).toBe('52.37000,5.21000');
  // Substation OS-847, whose degrees the service gives.
  const at = fromNationalGrid(140_390.799, 486_811.596);
  expect(at.lat).toBeCloseTo(52.368991, 4);
  expect(at.lon).toBeCloseTo(5.1726975, 4);
});

test('the middle of a geometry is that of its box', () => {
  expect(middleOf({ type: 'LineString', coordinates: [[0, 0], [4, 2], [1, 1]] })).toEqual({ lon: 2, lat: 1 });
});
