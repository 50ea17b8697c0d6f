import { expect, test } from 'vitest';
import { asInputs, askedIn, chosenLimits, heldToLimits } from '../src/lib/limits';
import type { Limits } from '../src/lib/types';

const CITY: Limits = { transformers: 'thermal', n1_relaxed: true };

test('what nobody chose is as the city has it, and usual before the city is known', () => {
  expect(chosenLimits({}, CITY)).toEqual(CITY);
  expect(chosenLimits({}, undefined)).toEqual({ transformers: 'cyclic', n1_relaxed: false });
  expect(chosenLimits({ n1_relaxed: false }, CITY)).toEqual({ transformers: 'thermal', n1_relaxed: false });
});

test('what a job asks is read back from its inputs', () => {
  for (const transformers of ['nameplate', 'cyclic', 'thermal'] as const) {
    for (const n1_relaxed of [true, false]) {
      const limits = { transformers, n1_relaxed };
      expect(askedIn({ plan: 'a', ...asInputs(limits) })).toEqual(limits);
    }
  }
});

test('a job that left limits to the city, or asks what is not known, says nothing of them', () => {
  expect(askedIn({ plan: 'a' })).toEqual({});
  expect(askedIn({ limits: 'hot', n1_relaxed: 'yes' })).toEqual({});
});

test('every job but a check is held to limits', () => {
  expect((['city', 'plan', 'search', 'claim', 'check'] as const).filter((kind) => !heldToLimits(kind))).toEqual(['check']);
});
