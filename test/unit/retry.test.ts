import { describe, expect, it } from 'vitest';
import { MAX_ATTEMPTS, retryDelayMs } from '../../shared/domain/retry.ts';
import { nextAttempt } from '../../shared/domain/unclear.ts';
import { NOW } from '../support/builders.ts';

const lowest = () => 0;
const highest = () => 0.999_999_999;

describe('the wait before another attempt', () => {
  it.each([
    [1, 500, 1_000],
    [2, 1_000, 2_000],
    [3, 2_000, 4_000],
    [4, 4_000, 8_000],
    [5, 8_000, 16_000],
    [9, 128_000, 256_000],
    [10, 256_000, 512_000],
    [11, 450_000, 900_000],
    [12, 450_000, 900_000],
    [60, 450_000, 900_000],
  ])('doubles up to a quarter of an hour: before attempt %d it is %d to %d ms', (attempt, least, most) => {
    expect(retryDelayMs(attempt, lowest)).toBe(least);
    expect(retryDelayMs(attempt, highest)).toBe(most);
  });

  it('is never shorter than the provider asked for', () => {
    expect(retryDelayMs(1, highest, 7_200_000)).toBe(7_200_000);
    expect(retryDelayMs(3, lowest, 1)).toBe(2_000);
  });

  it('is whole milliseconds', () => expect(Number.isInteger(retryDelayMs(1, () => 0.123_456))).toBe(true));
});

describe('what follows an attempt that did not succeed', () => {
  const error = { code: '20429', class: 'throttled', message: 'Too many requests' } as const;

  it('is the next attempt, at its moment, with the reason', () =>
    expect(nextAttempt(0, NOW, error)).toEqual({ state: 'pending', attempt: 1, notBefore: NOW, error }));

  it('is the end after the last one', () => {
    expect(nextAttempt(MAX_ATTEMPTS - 2, NOW, error)).toMatchObject({ state: 'pending', attempt: MAX_ATTEMPTS - 1 });
    expect(nextAttempt(MAX_ATTEMPTS - 1, NOW, error)).toMatchObject({ state: 'failed', error: { code: 'exhausted' } });
  });
});
