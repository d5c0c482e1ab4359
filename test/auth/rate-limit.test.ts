import { describe, expect, it } from 'vitest';
import { createRateLimit } from '../../shared/auth/rate-limit.ts';
import { RequestError } from '../../shared/domain/errors.ts';
import { createFakeClock } from '../support/builders.ts';

/** Seconds to wait, or 0 for a request that passes. */
function createCounter(perSecond: number, clock = createFakeClock()) {
  const demand = createRateLimit(clock);
  const use = (token = 'a'): number => {
    try {
      demand({ token, perSecond });
      return 0;
    } catch (error) {
      expect(error).toBeInstanceOf(RequestError);
      expect(error).toMatchObject({ status: 429, code: 'rate_exceeded' });
      return Number((error as RequestError).headers['retry-after']);
    }
  };
  const uses = (count: number, token?: string) => Array.from({ length: count }, () => use(token));
  return { clock, use, uses };
}
const passing = (waits: readonly number[]) => waits.filter((wait) => wait === 0).length;

describe('a token with a rate', () => {
  it.each([1, 3, 7, 20, 1000])('of %i per second makes so many requests at once, and not one more', (rate) => {
    expect(passing(createCounter(rate).uses(2 * rate + 1))).toBe(rate);
  });

  it('makes as many in each later second, however it tries', () => {
    const { clock, uses } = createCounter(20);
    uses(20);
    let passed = 0;
    for (let ms = 0; ms < 10_000; ms += 10) {
      clock.advance(10);
      passed += passing(uses(3));
    }
    expect(passed).toBe(200);
  });

  it('below one per second waits the whole time, and is told how long', () => {
    const { clock, use } = createCounter(0.1);
    expect(use()).toBe(0);
    expect(use()).toBe(10);
    clock.advance(4_500);
    expect(use()).toBe(6);
    clock.advance(5_500);
    expect(use()).toBe(0);
  });

  it('finds the request free after the seconds it was told', () => {
    const { clock, use, uses } = createCounter(3);
    uses(3);
    clock.advance(use() * 1000);
    expect(use()).toBe(0);
  });

  it('takes nothing from another token', () => {
    const { uses } = createCounter(5);
    uses(50, 'a');
    expect(passing(uses(5, 'b'))).toBe(5);
  });

  it('is held to its rate when many others come between', () => {
    const { use, uses } = createCounter(1);
    use('a');
    for (let other = 0; other < 10_001; other++) uses(1, `other ${other}`);
    expect(use('a')).toBe(1);
  });
});
