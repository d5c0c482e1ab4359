import { type Caller, reaches } from '../../../shared/auth/caller.ts';
import type { Conversation } from '../../../shared/domain/conversation.ts';
import { RequestError } from '../../../shared/domain/errors.ts';
import { EnqueueError } from '../../../shared/queue/send.ts';
import { untilWritten } from '../../../shared/store/contention.ts';
import { getConversation } from '../../../shared/store/conversations.ts';
import { markDeleted } from '../../../shared/store/deletion.ts';
import { untilQuiet } from '../../../shared/store/quiet.ts';
import type { ApiParts } from '../parts.ts';

export interface Forgotten {
  readonly conversation: Conversation;
  /** How many addresses are free again. */
  readonly identifiers: number;
}

/**
 * Forgets a conversation with its contact, if it has one: from here on nothing is sent and nobody finds them; messages
 * are purged by queue. Answers when nothing of it is on its way any more. `find` throws where there is none. Repeating
 * it is success until the purge is through. Throws 503 while a message is still being sent.
 */
export async function forget(parts: ApiParts, find: () => Promise<Conversation>): Promise<Forgotten> {
  const { table, clock, random, observe } = parts;
  const forgotten = await untilWritten(
    async () => {
      const conversation = await find();
      const identifiers = await markDeleted(table, conversation, clock.now());
      return identifiers === undefined ? undefined : { conversation, identifiers };
    },
    clock,
    random,
    () => observe.count('WriteContended'),
  );
  if (!(await untilQuiet(table, clock, forgotten.conversation.id, QUIET_WITHIN_MS))) throw stillOnItsWay();
  await purgeLater(parts, forgotten.conversation);
  return forgotten;
}

/** A contact's conversation is nothing without them, so they are forgotten with it. Throws 404, else as `forget`. */
export const deleteConversation = (parts: ApiParts, caller: Caller, id: string): Promise<Forgotten> =>
  forget(parts, async () => {
    const conversation = await getConversation(parts.table, id, { consistent: true });
    if (conversation && reaches(caller, conversation.orgPath)) return conversation;
    throw new RequestError('not_found', 'Conversation not found');
  });

/** The function itself has 10 s. */
export const QUIET_WITHIN_MS = 7_000;

const stillOnItsWay = (): RequestError =>
  new RequestError(
    'overloaded',
    'It is deleted, but a message to the contact is still on its way. Repeat the request in a moment.',
    [],
    { 'retry-after': '5' },
  );

/** Longer than a request may take that reserved its place before the deletion and stores its messages after it. */
const PURGE_AFTER_SECONDS = 20;

async function purgeLater({ purges, observe }: ApiParts, { id, organization }: Conversation): Promise<void> {
  try {
    await purges.send([{ body: { purge: id, organization }, group: organization, delaySeconds: PURGE_AFTER_SECONDS }]);
  } catch (error) {
    if (!(error instanceof EnqueueError)) throw error;
    observe.count('EnqueueFailed', error.count);
    throw new RequestError(
      'overloaded',
      'It is deleted, but its messages are not purged yet. Repeat the request in a moment.',
      [],
      { 'retry-after': '1' },
    );
  }
}
