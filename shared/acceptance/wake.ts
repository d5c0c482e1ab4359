import type { Message } from '../domain/message.ts';
import { EnqueueError } from '../queue/send.ts';
import type { Observer } from '../runtime/observe.ts';
import type { AcceptanceParts } from './parts.ts';

/** Ticks messages that were stored. They are accepted either way. */
export const wake = ({ ticker, observe }: AcceptanceParts, messages: readonly Message[]): Promise<void> =>
  orLeaveToSweeper(observe, () => ticker.tick(...messages.map((message) => ({ message, at: message.due }))));

/** Sends ticks. When the queue takes some of them not, the sweeper ticks those a minute later, and they are counted. */
export async function orLeaveToSweeper(observe: Observer, send: () => Promise<void>): Promise<void> {
  try {
    await send();
  } catch (error) {
    if (!(error instanceof EnqueueError)) throw error;
    observe.count('EnqueueFailed', error.count);
    observe.warn('Ticks were not taken by the queue; the sweeper will send them.', { count: error.count });
  }
}
