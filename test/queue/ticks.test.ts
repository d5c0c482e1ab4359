import { describe, expect, it } from 'vitest';
import type { Tick } from '../../shared/contracts/queue-messages.ts';
import { createTicker, type TickerOptions } from '../../shared/queue/ticks.ts';
import { aMessage, createFakeClock, createFakeObserver, createFakeQueue, NOW } from '../support/builders.ts';

const FROM = 1_800_000;
const LEAD = 90_000;

/** A ticker with a scheduler that fails while it is told to, and what both were asked for. */
function setting(options: Omit<TickerOptions, 'schedules'> = {}) {
  const queue = createFakeQueue<Tick>();
  const clock = createFakeClock();
  const observe = createFakeObserver();
  const scheduled: [key: string, ahead: number][] = [];
  const service = { fails: false, asked: 0 };
  const scheduler = {
    at: async ({ key }: Tick, moment: number) => {
      service.asked += 1;
      if (service.fails) throw new Error('unavailable');
      scheduled.push([key, moment - NOW]);
    },
  };
  const schedules = { scheduler, fromMs: FROM, leadMs: LEAD, observe };
  const ticker = createTicker(queue, clock, { ...options, schedules });
  const tick = (...aheads: number[]) =>
    ticker.tick(...aheads.map((ahead, seq) => ({ message: aMessage({ seq }), at: clock.now() + ahead })));
  const delays = () => queue.sent.map(({ delaySeconds }) => delaySeconds);
  return { queue, clock, observe, scheduled, service, tick, delays };
}

describe('a tick', () => {
  it.each([
    [0, 0],
    [1_000, 1],
    [900_000, 900],
    [900_001, 900],
    [FROM, 900],
  ])('%d ms ahead waits in the queue for %d s', async (ahead, delay) => {
    const { tick, delays, service } = setting();
    await tick(ahead);
    expect([delays(), service.asked]).toEqual([[delay], 0]);
  });

  it.each([FROM + 1, 2_592_000_000])('%d ms ahead is scheduled for a little before, and not queued', async (ahead) => {
    const { tick, delays, scheduled, observe } = setting();
    await tick(ahead);
    expect(scheduled).toEqual([[aMessage({ seq: 0 }).key, ahead - LEAD]]);
    expect(delays()).toEqual([]);
    expect(observe.counts.size).toBe(0);
  });

  it('goes the way that its own moment asks for, whatever is sent with it', async () => {
    const { tick, delays, scheduled } = setting();
    await tick(5_000, FROM + 1, 60_000, FROM * 2);
    expect(delays()).toEqual([5, 60]);
    expect(scheduled.map(([, ahead]) => ahead)).toEqual([FROM + 1 - LEAD, FROM * 2 - LEAD]);
  });

  it('goes in hops where there are no schedules', async () => {
    const queue = createFakeQueue<Tick>();
    await createTicker(queue, createFakeClock()).tick({ message: aMessage(), at: NOW + FROM * 2 });
    expect(queue.sent.map(({ delaySeconds }) => delaySeconds)).toEqual([900]);
  });

  it('goes in shorter hops where the stage says so, but never in longer ones', async () => {
    const { tick, delays } = setting({ hopSeconds: 10 });
    await tick(60_000, 9_000);
    expect(delays()).toEqual([10, 9]);
  });
});

describe('a tick that cannot be scheduled', () => {
  it('goes in hops, and is counted', async () => {
    const { tick, delays, service, observe } = setting();
    service.fails = true;
    await tick(FROM + 1);
    expect(delays()).toEqual([900]);
    expect(observe.counts).toEqual(new Map([['ScheduleFailed', 1]]));
  });

  it('makes those of the next minute go in hops at once, counted, and then the scheduler is asked again', async () => {
    const { tick, delays, service, observe, clock, scheduled } = setting();
    service.fails = true;
    await tick(FROM + 1);
    service.fails = false;
    clock.advance(59_999);
    await tick(FROM + 1);
    expect([service.asked, delays(), observe.counts.get('ScheduleFailed')]).toEqual([1, [900, 900], 2]);
    clock.advance(1);
    await tick(FROM + 1);
    expect([service.asked, scheduled.length, delays().length]).toEqual([2, 1, 2]);
  });

  it('throws when the queue does not take it either', async () => {
    const { tick, queue, service } = setting();
    service.fails = true;
    queue.refuseNext();
    await expect(tick(FROM + 1)).rejects.toThrow();
  });
});
