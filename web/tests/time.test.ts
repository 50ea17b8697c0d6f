import { expect, test, vi } from 'vitest';
import { fractionOf, NOT_SHOWN, Series } from '../src/lib/series';
import { blockOf, momentOf, stepOf, within } from '../src/lib/time';

const FROM = '2023-01-09T00:00:00+00:00';

test('a step and its moment belong to each other', () => {
  expect(momentOf(FROM, 15, 97)).toBe('2023-01-10T00:15:00.000Z');
  expect(stepOf('2023-01-10T00:15Z', FROM, 15, 672)).toBe(97);
  expect(stepOf('2023-02-10T00:15Z', FROM, 15, 672)).toBeNull();
});

test('steps stay within their series', () => {
  expect([within(-3, 672), within(700, 672), within(5, 0)]).toEqual([0, 671, 0]);
  expect([blockOf(0), blockOf(95), blockOf(96)]).toEqual([0, 0, 96]);
});

test('a day is fetched once, and a step is a row of it', async () => {
  const links = 3;
  const fetch = vi.fn(async (path: string) => {
    const [from, to] = [...path.matchAll(/=(\d+)/g)].map((each) => Number(each[1]));
    return Int16Array.from({ length: (to - from) * links }, (_, at) => from * links + at).buffer;
  });
  const series = new Series('run', 'winter', 200, fetch);
  expect([...(await series.at(1))]).toEqual([3, 4, 5]);
  expect([...(await series.at(95))]).toEqual([285, 286, 287]);
  expect([...(await series.at(199))]).toEqual([597, 598, 599]);
  expect(fetch).toHaveBeenCalledTimes(2);
});

test('a day that could not be fetched is asked again', async () => {
  const fetch = vi.fn().mockRejectedValueOnce(new Error('gone')).mockResolvedValue(new Int16Array(96).buffer);
  const series = new Series('run', 'winter', 96, fetch);
  await expect(series.at(0)).rejects.toThrow('gone');
  expect((await series.at(0)).length).toBe(1);
});

test('loading that is not shown is nothing', () => {
  expect([fractionOf(1200), fractionOf(-400), fractionOf(NOT_SHOWN), fractionOf(undefined)]).toEqual([1.2, 0.4, null, null]);
});
