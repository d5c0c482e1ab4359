import { randomBytes, randomInt } from 'node:crypto';

const COUNTER = 0x1000000;

/** 24 hexadecimal digits: seconds, five random bytes of this process, a counter. Unique, and sorted by second. */
export interface IdMaker {
  next(now: number): string;
  /** An id whose `successor` is never given out by `next`. */
  nextPair(now: number): string;
}

export function createIdMaker(process = randomBytes(5).toString('hex'), start = randomInt(COUNTER)): IdMaker {
  let counter = start;
  const take = (now: number, count: number): string => {
    const seconds = Math.floor(now / 1000) % 0x1_0000_0000;
    const id = seconds.toString(16).padStart(8, '0') + process + counter.toString(16).padStart(6, '0');
    counter = (counter + count) % COUNTER;
    return id;
  };
  return { next: (now) => take(now, 1), nextPair: (now) => take(now, 2) };
}

const step = (id: string, by: number): string =>
  id.slice(0, 18) + ((Number.parseInt(id.slice(18), 16) + by + COUNTER) % COUNTER).toString(16).padStart(6, '0');

export const successor = (id: string): string => step(id, 1);

export const predecessor = (id: string): string => step(id, -1);
