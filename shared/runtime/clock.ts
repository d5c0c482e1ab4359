import { setTimeout as sleep } from 'node:timers/promises';

/** Time as a part that is passed in, so that tests own it. Epoch milliseconds. */
export interface Clock {
  now(): number;
  sleep(ms: number): Promise<void>;
}

export const systemClock: Clock = { now: () => Date.now(), sleep: (ms) => sleep(ms) };
