import type { Tick } from '../contracts/queue-messages.ts';
import type { Clock } from '../runtime/clock.ts';
import { errorFields, type Observer } from '../runtime/observe.ts';
import type { Scheduler } from './schedule.ts';
import { delaySecondsUntil, MAX_DELAY_SECONDS, type QueueSender } from './send.ts';

/** Wakes the worker for messages, each at its moment. */
export interface Ticker {
  /**
   * `at` is epoch milliseconds; a moment in the past means now, one beyond what a queue can wait is approached in hops,
   * or by a schedule where there are some.
   */
  tick(...ticks: readonly DueTick[]): Promise<void>;
}

export interface DueTick {
  readonly message: TickTarget;
  readonly at: number;
}

export type TickTarget = Pick<Tick, 'conversation' | 'key' | 'organization'>;

/** How ticks that are far ahead wait outside the queue. */
export interface Schedules {
  readonly scheduler: Scheduler;
  /** Ticks further ahead than this are scheduled. */
  readonly fromMs: number;
  /** A schedule fires this long before the moment, because it may be late; the queue waits for the rest. */
  readonly leadMs: number;
  /** Told of every tick that goes in hops because no schedule could be made: the caller need not know. */
  readonly observe: Observer;
}

export interface TickerOptions {
  /** The longest hop through the queue. */
  readonly hopSeconds?: number;
  readonly schedules?: Schedules;
}

/** After a failure the scheduler is left alone this long: a batch of ticks must not wait for its timeout one by one. */
const PAUSE_MS = 60_000;

export function createTicker(
  queue: QueueSender<Tick>,
  clock: Clock,
  { hopSeconds = MAX_DELAY_SECONDS, schedules }: TickerOptions = {},
): Ticker {
  const schedule = schedules ? createSchedule(schedules, clock) : async () => false;
  return {
    async tick(...ticks) {
      const all = ticks.map(({ message: { conversation, key, organization }, at }) => ({
        body: { conversation, key, organization },
        at,
      }));
      const scheduled = await Promise.all(all.map(({ body, at }) => schedule(body, at)));
      const left = all.filter((_, index) => !scheduled[index]);
      if (left.length === 0) return;
      await queue.send(
        left.map(({ body, at }) => ({
          body,
          group: body.organization,
          delaySeconds: Math.min(hopSeconds, delaySecondsUntil(at, clock.now())),
        })),
      );
    },
  };
}

/** Answers whether a schedule keeps the tick. Never throws: a tick that has none goes through the queue. */
function createSchedule({ scheduler, fromMs, leadMs, observe }: Schedules, clock: Clock) {
  let pausedUntil = 0;
  return async (tick: Tick, at: number): Promise<boolean> => {
    if (at - clock.now() <= fromMs) return false;
    try {
      if (clock.now() >= pausedUntil) {
        await scheduler.at(tick, at - leadMs);
        return true;
      }
    } catch (error) {
      pausedUntil = clock.now() + PAUSE_MS;
      const { conversation, key } = tick;
      observe.warn('A tick could not be scheduled and goes in hops.', { conversation, key, ...errorFields(error) });
    }
    observe.count('ScheduleFailed');
    return false;
  };
}
