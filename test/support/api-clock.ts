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

const SLOWNESS = 10;

/** Passes at a tenth of real time, so that a busy machine does not use up anybody's patience; `skewMs` off. */
export function slowClock(skewMs = 0): Clock {
  const start = Date.now();
  return {
    now: () => start + skewMs + Math.floor((Date.now() - start) / SLOWNESS),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  };
}
