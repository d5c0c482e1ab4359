import { type Caller, reaches } from '../../../shared/auth/caller.ts';
import type { Conversation } from '../../../shared/domain/conversation.ts';
import { RequestError } from '../../../shared/domain/errors.ts';
import { EnqueueError } from '../../../shared/queue/send.ts';
import { untilWritten } from '../../../shared/store/contention.ts';
import { findByContact } from '../../../shared/store/conversations.ts';
import { markDeleted } from '../../../shared/store/deletion.ts';
import { untilQuiet } from '../../../shared/store/quiet.ts';
import type { ApiParts } from '../parts.ts';

const notFound = (): RequestError => new RequestError('not_found', 'Contact not found');

/** The conversation of a contact, which is one item with it. Throws 404, for one that is out of reach too. */
export async function readContact({ table }: ApiParts, caller: Caller, id: string): Promise<Conversation> {
  const conversation = await findByContact(table, id);
  if (!conversation || conversation.deletedAt !== undefined || !reaches(caller, conversation.orgPath)) throw notFound();
  return conversation;
}

export interface Deleted {
  readonly contact: string;
  readonly conversation: string;
  /** How many addresses are free again. */
  readonly identifiers: number;
}

/**
 * Forgets a contact: from here on nothing is sent and nobody finds them; their messages are purged by queue. Answers
 * when nothing of theirs is on its way any more. Repeating it is success until the purge is through. Throws 404, and
 * 503 while a message is still being sent.
 */
export async function deleteContact(parts: ApiParts, caller: Caller, id: string): Promise<Deleted> {
  const { table, clock, random, observe } = parts;
  const deleted = await untilWritten(
    async () => {
      const conversation = await findByContact(table, id);
      if (!conversation || !reaches(caller, conversation.orgPath)) throw notFound();
      const identifiers = await markDeleted(table, conversation, clock.now());
      return identifiers === undefined ? undefined : { conversation, identifiers };
    },
    clock,
    random,
    () => observe.count('WriteContended'),
  );
  if (!(await untilQuiet(table, clock, deleted.conversation.id, QUIET_WITHIN_MS))) throw stillOnItsWay();
  await purgeLater(parts, deleted.conversation);
  return { contact: id, conversation: deleted.conversation.id, identifiers: deleted.identifiers };
}

/** The function itself has 10 s. */
export const QUIET_WITHIN_MS = 7_000;

const stillOnItsWay = (): RequestError =>
  new RequestError(
    'overloaded',
    'The contact is deleted, but a message to them is still on its way. Repeat the request in a moment.',
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
      'The contact is deleted, but their messages are not purged yet. Repeat the request in a moment.',
      [],
      { 'retry-after': '1' },
    );
  }
}
