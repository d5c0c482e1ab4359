import { describe, expect, it } from 'vitest';
import { gatherTicks } from '../../shared/queue/gather-ticks.ts';
import { EnqueueError } from '../../shared/queue/send.ts';
import type { DueTick } from '../../shared/queue/ticks.ts';

const ticks = (count: number): DueTick[] =>
  Array.from({ length: count }, (_, index) => ({
    message: { conversation: 'c', key: `${index}`, organization: 'o' },
    at: 1,
  }));

describe('gathered ticks', () => {
  it('go ten to a call, the rest at the end, each once and in order', async () => {
    const calls: string[][] = [];
    const ticker = gatherTicks({ tick: async (...given) => void calls.push(given.map(({ message }) => message.key)) });
    for (const tick of ticks(12)) await ticker.tick(tick);
    await ticker.tick(...ticks(14));
    expect(calls.map(({ length }) => length)).toEqual([10, 10]);
    await ticker.flush();
    await ticker.flush();
    expect(calls.flat()).toEqual([...ticks(12), ...ticks(14)].map(({ message }) => message.key));
    expect(calls.map(({ length }) => length)).toEqual([10, 10, 6]);
  });

  it('that the queue does not take are told at the end, all together and once', async () => {
    const ticker = gatherTicks({
      tick: async (...given) => {
        throw new EnqueueError(given.length - 1);
      },
    });
    await ticker.tick(...ticks(25));
    await expect(ticker.flush()).rejects.toMatchObject({ name: 'EnqueueError', count: 9 + 9 + 4 });
    await expect(ticker.flush()).resolves.toBeUndefined();
  });

  it('that meet another fault throw it', async () => {
    const fault = new TypeError('ours');
    const ticker = gatherTicks({ tick: () => Promise.reject(fault) });
    await ticker.tick(...ticks(10));
    await expect(ticker.flush()).rejects.toBe(fault);
  });
});
