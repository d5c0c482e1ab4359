import type { Clock } from '../../shared/runtime/clock.ts';

/** A clock that stands still until it is moved; sleeping moves it. */
export interface TestClock extends Clock {
  advance(ms: number): void;
}

export function createTestClock(start = Date.UTC(2026, 4, 12, 9, 30)): TestClock {
  let now = start;
  return {
    now: () => now,
    advance(ms) {
      now += ms;
    },
    async sleep(ms) {
      now += ms;
      await new Promise(setImmediate);
    },
  };
}

/** Real time, seen by a computer whose clock is `skewMs` off. */
export const skewedClock = (skewMs: number): Clock => ({
  now: () => Date.now() + skewMs,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
});
