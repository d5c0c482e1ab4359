import { invalid } from '../domain/errors.ts';

/** Something that a list goes through, and the words by which another request goes on behind it. */
export interface Entry<T> {
  /** Undefined for what is not shown: it counts as work all the same. */
  readonly value: T | undefined;
  readonly place: string;
}

/** Where the next page begins, as the parameters of its request. */
export interface Place {
  readonly cursor: string;
  /** What is still to be left out behind the cursor. */
  readonly offset?: number;
}

export interface Collected<T> {
  readonly found: readonly T[];
  /** Absent when nothing is left. */
  readonly next?: Place;
}

export interface Wanted<T> {
  readonly limit: number;
  readonly offset: number;
  fits(value: T): boolean;
}

/** What one request looks at, besides what it leaves out; a page ends there, and says where to go on. */
export const MAX_EXAMINED = 1_000;
/** What lies behind more than this is reached by following `Link`. */
export const MAX_OFFSET = 1_000;
/** A function answers 6 MB at most (AWS Lambda quotas); this leaves room for what is filled in. */
const MAX_BYTES = 4_000_000;

/**
 * Goes through batches until a page is full: at least one more that fits is behind it, when it says where to go on, or
 * so much was looked at, or would be answered, that the page ends early. Throws 400 for an offset that is too large.
 */
export async function collect<T>(
  batches: AsyncIterable<readonly Entry<T>[]>,
  { limit, offset, fits }: Wanted<T>,
): Promise<Collected<T>> {
  if (offset > MAX_OFFSET) {
    throw invalid('offset', `must be at most ${MAX_OFFSET} here; further on, follow the header Link of each page`);
  }
  const found: T[] = [];
  let left = offset;
  let examined = 0;
  let bytes = 0;
  let last: string | undefined;
  const here = (): Collected<T> => ({
    found,
    ...(last !== undefined && { next: { cursor: encodeCursor(last), ...(left > 0 && { offset: left }) } }),
  });
  for await (const batch of batches) {
    for (const { value, place } of batch) {
      if (examined === MAX_EXAMINED + offset) return here();
      examined += 1;
      if (value !== undefined && fits(value)) {
        if (left > 0) left -= 1;
        else {
          bytes += Buffer.byteLength(JSON.stringify(value));
          if (found.length === limit || (bytes > MAX_BYTES && found.length > 0)) return here();
          found.push(value);
        }
      }
      last = place;
    }
  }
  return { found };
}

const encodeCursor = (place: string): string => Buffer.from(place).toString('base64url');

/** The place that a cursor stands for; undefined without one. Throws 400 when it is none of this list. */
export function readCursor(cursor: string | undefined, isPlace: (text: string) => boolean): string | undefined {
  if (cursor === undefined) return undefined;
  const place = Buffer.from(cursor, 'base64url').toString();
  if (isPlace(place)) return place;
  throw invalid('cursor', 'is not one that this list gave');
}
