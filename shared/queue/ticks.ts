import type { Tick } from '../contracts/queue-messages.ts';
import type { Clock } from '../runtime/clock.ts';
import { delaySecondsUntil, type QueueSender } from './send.ts';

/** Wakes the worker for messages, each at its moment. */
export interface Ticker {
  /** `at` is epoch milliseconds; a moment in the past means now, one beyond 15 minutes is approached in hops. */
  tick(...ticks: readonly { message: TickTarget; at: number }[]): Promise<void>;
}

export type TickTarget = Pick<Tick, 'conversation' | 'key' | 'organization'>;

export const createTicker = (queue: QueueSender<Tick>, clock: Clock): Ticker => ({
  tick: (...ticks) =>
    queue.send(
      ticks.map(({ message, at }) => ({
        body: { conversation: message.conversation, key: message.key, organization: message.organization },
        group: message.organization,
        delaySeconds: delaySecondsUntil(at, clock.now()),
      })),
    ),
});
