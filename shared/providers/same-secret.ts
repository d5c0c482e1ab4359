import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (value: string): Buffer => createHash('sha256').update(value).digest();

/** Compares in constant time, whatever the lengths. False when there is nothing to compare with. */
export const isSameSecret = (expected: string | undefined, given: string | undefined): boolean =>
  Boolean(expected) && timingSafeEqual(digest(expected ?? ''), digest(given ?? ''));
