import { describe, expect, it } from 'vitest';
import type { Tick } from '../../shared/contracts/queue-messages.ts';
import { advance } from '../../shared/queue/advance.ts';
import { createTicker } from '../../shared/queue/ticks.ts';
import { aMessage, createFakeClock, createFakeQueue, NOW } from '../support/builders.ts';

const FINISHED = { conversation: 'c', key: 'k' };

async function wakes(ahead: number | undefined): Promise<(number | undefined)[]> {
  const queue = createFakeQueue<Tick>();
  const next = ahead === undefined ? undefined : aMessage({ due: NOW + ahead });
  await advance(createTicker(queue, createFakeClock()), async () => next, FINISHED, NOW);
  expect(queue.bodies().map(({ key }) => key)).toEqual(queue.sent.length > 0 ? [next?.key] : []);
  return queue.sent.map(({ delaySeconds }) => delaySeconds);
}

describe('waking the message behind a finished one', () => {
  it.each<[string, number | undefined, number[]]>([
    ['there is none', undefined, []],
    ['it was due long ago', -3_600_000, [0]],
    ['it is due', 0, [0]],
    ['it is due in a moment', 300, [1]],
    ['it is due within a minute', 60_000, [60]],
    ['it is due in more than a minute, when its own tick comes', 60_001, []],
    ['it is due in a month', 2_592_000_000, []],
  ])('when %s', async (_when, ahead, delays) => expect(await wakes(ahead)).toEqual(delays));

  it('asks for the one behind the finished one', async () => {
    const asked: string[][] = [];
    await advance(
      createTicker(createFakeQueue<Tick>(), createFakeClock()),
      async (...place) => {
        asked.push(place);
        return undefined;
      },
      FINISHED,
      NOW,
    );
    expect(asked).toEqual([['c', 'k']]);
  });

  it('throws when the queue did not take the tick', async () => {
    const queue = createFakeQueue<Tick>();
    queue.refuseNext();
    await expect(
      advance(createTicker(queue, createFakeClock()), async () => aMessage(), FINISHED, NOW),
    ).rejects.toThrow();
  });
});
