import type { Message } from '../domain/message.ts';
import { EnqueueError } from '../queue/send.ts';
import type { AcceptanceParts } from './parts.ts';

/**
 * Ticks messages that were stored. They are accepted either way: when the queue takes some of them not, the sweeper
 * ticks those a minute later, and the failure is counted.
 */
export async function wake({ ticker, observe }: AcceptanceParts, messages: readonly Message[]): Promise<void> {
  try {
    await ticker.tick(...messages.map((message) => ({ message, at: message.due })));
  } catch (error) {
    if (!(error instanceof EnqueueError)) throw error;
    observe.count('EnqueueFailed', error.count);
    observe.warn('Ticks were not taken by the queue; the sweeper will send them.', { count: error.count });
  }
}
