import type { Caller } from '../auth/caller.ts';
import type { StartConversation } from '../contracts/conversation-request.ts';
import { RequestError } from '../domain/errors.ts';
import { untilWritten } from '../store/contention.ts';
import { append } from './append.ts';
import type { Choice, Owners } from './choose-contact.ts';
import { createConversation } from './create-conversation.ts';
import {
  appendFor,
  choose,
  contactOf,
  describeStart,
  findPerson,
  goneMeansAgain,
  type Start,
} from './describe-start.ts';
import type { AppendAnswer, Once } from './once.ts';
import type { AcceptanceParts } from './parts.ts';
import { tellConflict, tellRefusedConflict } from './tell-conflict.ts';

export interface Started extends AppendAnswer {
  /** Another contact that owns one of the identifiers given. */
  readonly conflictingContact?: string;
}

/**
 * Finds the person by email or telephone, or creates them, and adds the messages to their one conversation. Any number
 * of concurrent calls ends as some order of them would. Throws 400, 404 for an organization out of reach, 409 when the
 * organization rejects identifiers that belong to two contacts.
 */
export async function startConversation(
  parts: AcceptanceParts,
  caller: Caller,
  request: StartConversation,
  once?: Once,
): Promise<Started> {
  return findOrCreate(parts, await describeStart(parts, caller, request, once));
}

/** The same for a start that is described, which may be without messages. */
export async function findOrCreate(parts: AcceptanceParts, start: Start): Promise<Started> {
  let faster: Owners | undefined;
  return untilWritten<Started>(
    async () => {
      const known = faster ? { owners: faster } : await findPerson(parts, start);
      faster = undefined;
      if ('answer' in known) return known.answer;
      const choice = await choose(parts, start, known.owners).catch(tellRefused(parts, start.request, known.owners));
      if (choice) return appendTo(parts, start, choice);
      const outcome = await createConversation(parts, start);
      if ('status' in outcome) return outcome;
      faster = outcome;
      return undefined;
    },
    parts.clock,
    parts.random,
    () => parts.observe.count('WriteContended'),
  );
}

const tellRefused =
  (parts: AcceptanceParts, { organization }: StartConversation, owners: Owners) =>
  async (error: unknown): Promise<never> => {
    const isConflict = error instanceof RequestError && error.code === 'identifier_conflict';
    if (isConflict) await tellRefusedConflict(parts, organization.toLowerCase(), owners);
    throw error;
  };

async function appendTo(parts: AcceptanceParts, start: Start, choice: Choice): Promise<Started | undefined> {
  const appended = await append(parts, appendFor(start, choice), start.once, 200).catch(goneMeansAgain);
  if (!appended) return undefined;
  const conflictingContact = await contactOf(parts, choice.other);
  if (conflictingContact && !appended.replayed) {
    const { id: conversation, contact, organization } = appended.conversation;
    await tellConflict(parts, organization, { conversation, contact, otherContact: conflictingContact });
  }
  return { ...appended, ...(conflictingContact && { conflictingContact }) };
}
