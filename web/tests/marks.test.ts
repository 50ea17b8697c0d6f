import { expect, test } from 'vitest';
import { comparable, marksOf, namedLike } from '../src/lib/marks';
import type { ListRow, Plan } from '../src/lib/types';

const measure = (id: string, name?: string) => ({ id, name, kind: 'new_station', place: 'city', size: 1, in_service: 2027, status: 'planned' });
const plan: Plan = { name: 'P', city: 'A', first_year: 2026, last_year: 2030, measure: [measure('batterij', 'Buurtbatterij Nobelhorst'), measure('stations-poort')] };
const rows: ListRow[] = [{ name: 'Café Zuid', place: 'WK003401', first_year: '2028' }, { name: '', place: '' }];

test('projects and measures are found by the beginnings of their words, in any order', () => {
  const marks = marksOf(plan, rows);
  expect(namedLike('nobel buurt', marks, 9).map((each) => each.id)).toEqual(['batterij']);
  expect(namedLike('CAFE', marks, 9)).toEqual([{ kind: 'project', id: 'Café Zuid', name: 'Café Zuid', place: 'WK003401', year: '2028' }]);
  expect(namedLike('stations', marks, 9).map((each) => each.name)).toEqual(['stations-poort']);
  expect(namedLike('horst', marks, 9)).toEqual([]);
});

test('what begins as was typed comes first, and no more than asked', () => {
  const marks = marksOf({ ...plan, measure: [measure('a', 'Oost station'), measure('b', 'Station oost')] }, null);
  expect(namedLike('station', marks, 9).map((each) => each.id)).toEqual(['b', 'a']);
  expect(namedLike('station', marks, 1)).toHaveLength(1);
});

test('nothing typed finds nothing, and a row without a name is none', () => {
  expect(namedLike(' - ', marksOf(plan, rows), 9)).toEqual([]);
  expect(marksOf(null, rows)).toHaveLength(1);
  expect(comparable("Café 't Gooi")).toBe('cafe t gooi');
});
