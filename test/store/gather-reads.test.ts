import { describe, expect, it } from 'vitest';
import { gatherReads } from '../../shared/store/gather-reads.ts';
import type { ItemKey } from '../../shared/store/keys.ts';
import type { Item } from '../../shared/store/table.ts';

const key = (name: string): ItemKey => ({ pk: name, sk: '@' });
const named = (...names: string[]): ItemKey[] => names.map(key);

/** Reads that end when they are told to; what has an `x` in its name is not there. */
function createReads() {
  const calls: { readonly names: readonly string[]; end(): void; fail(error: Error): void }[] = [];
  const read = gatherReads((keys) => {
    const { promise, resolve, reject } = Promise.withResolvers<Item[]>();
    const found = keys.filter(({ pk }) => !pk.includes('x')).map((given) => ({ ...given }));
    calls.push({ names: keys.map(({ pk }) => pk), end: () => resolve(found.toReversed()), fail: reject });
    return promise;
  });
  return { calls, read, namesOf: async (...names: string[]) => (await read(named(...names))).map(({ pk }) => pk) };
}

describe('gathered reads', () => {
  it('that come while one is under way go in one call behind it, and each has its own items', async () => {
    const { calls, namesOf } = createReads();
    const first = namesOf('a');
    const others = [namesOf('b', 'x1'), namesOf('c'), namesOf('x2')];
    expect(calls.map(({ names }) => names)).toEqual([['a']]);
    calls[0]?.end();
    expect(await first).toEqual(['a']);
    expect(calls.map(({ names }) => names)).toEqual([['a'], ['b', 'x1', 'c', 'x2']]);
    calls[1]?.end();
    expect(await Promise.all(others)).toEqual([['b'], ['c'], []]);
    const later = namesOf('d');
    calls[2]?.end();
    expect(await later).toEqual(['d']);
  });

  it('of the same key ask for it once: no call may name a key twice', async () => {
    const { calls, namesOf } = createReads();
    const first = namesOf('a');
    const others = [namesOf('b', 'c'), namesOf('b')];
    calls[0]?.end();
    await first;
    calls[1]?.end();
    expect(await Promise.all(others)).toEqual([['c', 'b'], ['b']]);
    expect(calls[1]?.names).toEqual(['b', 'c']);
  });

  it('are told from others by both parts of their keys', async () => {
    const reads: ItemKey[][] = [];
    const other = { pk: 'b', sk: 'other' };
    const read = gatherReads(async (keys) => {
      reads.push([...keys]);
      return keys.map((given) => ({ ...given }));
    });
    const [, ...answers] = await Promise.all([read(named('a')), read(named('b')), read([other])]);
    expect(answers).toEqual([named('b'), [other]]);
    expect(reads[1]).toEqual([key('b'), other]);
  });

  it('of more than a hundred keys go in several calls, none of which is cut', async () => {
    const { calls, namesOf } = createReads();
    const sixty = (name: string) => Array.from({ length: 60 }, (_, index) => `${name}${index}`);
    const asked = [namesOf('a'), namesOf(...sixty('b')), namesOf('c'), namesOf(...sixty('d')), namesOf('e')];
    for (const answer of asked) {
      for (const { end } of calls) end();
      await answer;
    }
    expect(calls.map(({ names }) => names.length)).toEqual([1, 61, 61]);
  });

  it('fail together, and those behind them are read all the same', async () => {
    const { calls, namesOf } = createReads();
    const first = namesOf('a');
    const together = [namesOf('b'), namesOf('c')];
    calls[0]?.end();
    await first;
    const behind = namesOf('d');
    calls[1]?.fail(new Error('no answer'));
    for (const answer of together) await expect(answer).rejects.toThrow('no answer');
    calls[2]?.end();
    expect(await behind).toEqual(['d']);
  });
});
