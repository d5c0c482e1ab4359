import { describe, expect, it } from 'vitest';
import {
  type Collected,
  collect,
  type Entry,
  MAX_EXAMINED,
  MAX_OFFSET,
  readCursor,
} from '../../shared/lists/collect.ts';

/** Numbers from 1 on in batches of 7, each its own place; odd places are of things that are not shown. */
async function* numbers(count: number, behind = 0): AsyncGenerator<Entry<string>[]> {
  for (let start = behind; start < count; start += 7) {
    yield Array.from({ length: Math.min(7, count - start) }, (_, index) => {
      const number = start + index + 1;
      return { place: String(number), value: number % 2 === 0 ? String(number) : undefined };
    });
  }
}

const placeOf = ({ next }: Collected<string>): number | undefined =>
  next && Number(readCursor(next.cursor, (place) => /^\d+$/.test(place)));

const all = () => true;

it('goes to the end, where there is no next page', async () =>
  expect(await collect(numbers(9), { limit: 4, offset: 0, fits: all })).toEqual({ found: ['2', '4', '6', '8'] }));

it('stops at a full page, behind what does not fit and before what does', async () => {
  const page = await collect(numbers(20), { limit: 2, offset: 0, fits: (value) => value !== '6' });
  expect(page.found).toEqual(['2', '4']);
  expect(placeOf(page)).toBe(7);
});

it('has no next page where only such follow that do not fit', async () =>
  expect(await collect(numbers(20), { limit: 2, offset: 0, fits: (value) => Number(value) <= 4 })).toEqual({
    found: ['2', '4'],
  }));

it('leaves out as many as it is told, of those that fit', async () =>
  expect((await collect(numbers(20), { limit: 2, offset: 3, fits: (value) => value !== '4' })).found).toEqual([
    '10',
    '12',
  ]));

it.each([1, 2, 3, 10, 11])('shows each thing once in pages of %i', async (limit) => {
  const seen: string[] = [];
  let behind: number | undefined = 0;
  while (behind !== undefined) {
    const page: Collected<string> = await collect(numbers(40, behind), { limit, offset: 0, fits: all });
    seen.push(...page.found);
    behind = placeOf(page);
  }
  expect(seen).toEqual(Array.from({ length: 20 }, (_, index) => String(2 * (index + 1))));
});

describe('what one request does', () => {
  it('is bounded: the page ends early and says where to go on', async () => {
    const page = await collect(numbers(3_000), { limit: 5, offset: 0, fits: (value) => Number(value) > 2_000 });
    expect(page.found).toEqual([]);
    expect(placeOf(page)).toBe(MAX_EXAMINED);
  });

  it('goes on leaving out where it ended before it had left out enough', async () => {
    const fits = (value: string) => Number(value) % 100 === 0;
    const page = await collect(numbers(3_000), { limit: 5, offset: 12, fits });
    expect(page.next).toMatchObject({ offset: 2 });
    const rest = await collect(numbers(3_000, placeOf(page)), { limit: 5, offset: page.next?.offset ?? 0, fits });
    expect(rest.found[0]).toBe('1300');
  });

  it('answers no more than fits into an answer', async () => {
    const large = 'x'.repeat(1_500_000);
    async function* batches() {
      yield [1, 2, 3, 4].map((place) => ({ place: String(place), value: large }));
    }
    const page = await collect(batches(), { limit: 10, offset: 0, fits: all });
    expect([page.found.length, placeOf(page)]).toEqual([2, 2]);
  });

  it('shows what is too large by itself all the same', async () => {
    async function* batches() {
      yield [{ place: '1', value: 'x'.repeat(5_000_000) }];
    }
    expect((await collect(batches(), { limit: 10, offset: 0, fits: all })).found).toHaveLength(1);
  });

  it('does not leave out without end', async () => {
    await expect(collect(numbers(1), { limit: 1, offset: MAX_OFFSET, fits: all })).resolves.toEqual({ found: [] });
    await expect(collect(numbers(1), { limit: 1, offset: MAX_OFFSET + 1, fits: all })).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('Link'),
    });
  });
});

it('takes no cursor that is none of the list', () => {
  expect(readCursor(undefined, () => false)).toBeUndefined();
  expect(() => readCursor('AAAA', () => false)).toThrow('cursor is not one that this list gave');
});
