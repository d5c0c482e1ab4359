import { createHash } from 'node:crypto';
import { type Failed, failureMessage } from '../domain/failure-message.ts';
import { absent, exists } from './expression.ts';
import { conversationKey, failureSk } from './keys.ts';
import { putMessages, storeBodies } from './messages.ts';
import { checkAction, type Table, transact } from './table.ts';

/** Follows from the message's, so that repeating the call stores the same message. */
const idFor = (message: string): string => createHash('sha256').update(`failed:${message}`).digest('hex').slice(0, 24);

/**
 * Says in the conversation's stream that a message failed, once however often it is called; not in a conversation whose
 * contact is being deleted. Answers whether this call was the one that stored it. Throws ContentionError when it may be
 * repeated.
 */
export async function storeFailure(table: Table, failed: Failed, now: number): Promise<boolean> {
  const message = failureMessage(failed, { id: idFor(failed.id), key: failureSk(failed.key), now });
  await storeBodies(table, [message]);
  const { done } = await transact(table, [
    checkAction(table, conversationKey(failed.conversation), exists('pk'), absent('deletedAt')),
    ...putMessages(table, [message]),
  ]);
  return done;
}
