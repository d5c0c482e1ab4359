import { isFailed } from '../domain/failure-message.ts';
import type { Message } from '../domain/message.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Observer } from '../runtime/observe.ts';
import { untilWritten } from '../store/contention.ts';
import { storeFailure } from '../store/failures.ts';
import type { Table } from '../store/table.ts';

interface Telling {
  readonly table: Table;
  readonly clock: Clock;
  readonly random: () => number;
  readonly observe: Pick<Observer, 'count' | 'info'>;
}

/**
 * Appends a `status` message to the conversation of a message that failed; nothing for one that did not. Called whenever
 * a failed message is met, before the next one is woken: who was cut off after the failure was stored, is made good.
 * The log gets a line of it, which says for whom messages fail, and why.
 */
export async function tellFailure({ table, clock, random, observe }: Telling, message: Message): Promise<void> {
  if (!isFailed(message)) return;
  const isNews = await untilWritten(
    () => storeFailure(table, message, clock.now()),
    clock,
    random,
    () => observe.count('WriteContended'),
  );
  if (!isNews) return;
  const { id, organization, conversation, touchpoint, provider, error } = message;
  observe.info('A message failed.', {
    organization,
    conversation,
    message: id,
    touchpoint,
    provider,
    code: error.code,
  });
}
