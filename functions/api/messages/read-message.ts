import type { Caller } from '../../../shared/auth/caller.ts';
import { RequestError } from '../../../shared/domain/errors.ts';
import type { Message } from '../../../shared/domain/message.ts';
import { getConversation } from '../../../shared/store/conversations.ts';
import { followMoves, locateMessage } from '../../../shared/store/messages.ts';
import { isShown } from '../conversations/conversation-references.ts';
import type { ApiParts } from '../parts.ts';

export interface Found {
  readonly message: Message;
  readonly orgPath: string;
}

/** A message by its id, at the place it was last moved to. Throws 404, for one that is out of reach too. */
export async function readMessage(parts: ApiParts, caller: Caller, id: string): Promise<Found> {
  const found = await findMessage(parts, caller, id);
  if (found) return found;
  throw new RequestError('not_found', 'Message not found');
}

/** Those that there are in reach, in the order of their ids. */
export async function findMessages(parts: ApiParts, caller: Caller, ids: readonly string[]): Promise<Found[]> {
  const found = await Promise.all([...new Set(ids)].map((id) => findMessage(parts, caller, id)));
  return found.flatMap((one) => one ?? []);
}

async function findMessage({ table }: ApiParts, caller: Caller, id: string): Promise<Found | undefined> {
  const place = await locateMessage(table, id);
  const [message, conversation] = place
    ? await Promise.all([
        followMoves(table, place.conversation, place.key),
        getConversation(table, place.conversation, { consistent: false }),
      ])
    : [];
  if (!message || !conversation || !isShown(conversation, caller)) return undefined;
  return { message, orgPath: conversation.orgPath };
}
