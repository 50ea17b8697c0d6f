import { expect, test } from 'vitest';
import { costsByPayer, countFits, ofYear, sharedYears } from '../src/lib/answers';
import { asRows, filtered, pageOf, sorted } from '../src/lib/rows';
import en from '../src/i18n/en.json';
import nl from '../src/i18n/nl.json';

const ROWS = [{ name: 'b', size: 2 }, { name: 'a10', size: null }, { name: 'a9', size: 10 }];

test('rows are sorted by number or by text, and what is missing comes last', () => {
  const names = (column: string, down: boolean) => sorted(ROWS, { column, down }).map((row) => row.name);
  expect(names('size', false)).toEqual(['b', 'a9', 'a10']);
  expect(names('size', true)).toEqual(['a9', 'b', 'a10']);
  expect(names('name', false)).toEqual(['a9', 'a10', 'b']);
});

test('rows are filtered and paged', () => {
  expect(filtered(ROWS, 'A1')).toEqual([ROWS[1]]);
  expect(pageOf(ROWS, 1, 2)).toEqual([ROWS[2]]);
  expect(asRows([{ name: 'x' }], [[1], [2]])).toEqual([{ x: 1 }, { x: 2 }]);
});

test('answers are summed and counted', () => {
  const costs = [
    { payer: 'state', investment_eur: 5, yearly_eur: null },
    { payer: 'developer', investment_eur: 7, yearly_eur: 1 },
    { payer: 'state', investment_eur: 1, yearly_eur: 1 },
  ];
  expect(costsByPayer(costs)).toEqual([
    { payer: 'developer', investment: 7, yearly: 1 },
    { payer: 'state', investment: 6, yearly: 1 },
  ]);
  expect(countFits([{ fits: 'yes' }, { fits: 'no' }, { fits: null }])).toEqual({ yes: 1, partly: 0, no: 1 });
  expect(ofYear([{ year: 2026 }, { year: 2027 }], 2030)?.year).toBe(2027);
  expect(sharedYears({ first_year: 2026, last_year: 2028 }, { first_year: 2027, last_year: 2030 })).toEqual([2027, 2028]);
});

test('both languages fill in the same parts', () => {
  const parts = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((each) => each[1]).sort();
  for (const key of Object.keys(nl) as (keyof typeof nl)[]) expect([key, parts(en[key])]).toEqual([key, parts(nl[key])]);
});
