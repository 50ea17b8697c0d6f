import { expect, test } from 'vitest';
import { spentBy } from '../src/lib/answers';

const COSTS = [
  { measure_id: 'a', year: 2027, payer: 'state', investment_eur: 300, yearly_eur: 20 },
  { measure_id: 'a', year: 2028, payer: 'state', investment_eur: 0, yearly_eur: 20 },
  { measure_id: 'b', year: 2028, payer: 'resident', investment_eur: 60, yearly_eur: null },
];

test('everybody together, who has a budget and who pays are told, each once', () => {
  const asked = [{ payer: 'state', budget_eur: 500 }, { payer: 'developer', budget_eur: 0 }];
  expect(spentBy(COSTS, asked)).toEqual([
    { payer: 'society', eur: null, spent: 400 },
    { payer: 'state', eur: 500, spent: 340 },
    { payer: 'developer', eur: 0, spent: 0 },
    { payer: 'resident', eur: null, spent: 60 },
  ]);
});

test('a search that chose nothing spends nothing of its budget', () => {
  expect(spentBy([], [{ payer: 'society', budget_eur: 9 }])).toEqual([{ payer: 'society', eur: 9, spent: 0 }]);
});
