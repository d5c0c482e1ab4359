import { type Caller, reaches } from '../../../shared/auth/caller.ts';
import { RequestError } from '../../../shared/domain/errors.ts';
import type { Message } from '../../../shared/domain/message.ts';
import { getConversation } from '../../../shared/store/conversations.ts';
import { followMoves, locateMessage } from '../../../shared/store/messages.ts';
import type { ApiParts } from '../parts.ts';

/** A message by its id, at the place it was last moved to. Throws 404, for one that is out of reach too. */
export async function readMessage(
  { table }: ApiParts,
  caller: Caller,
  id: string,
): Promise<{ message: Message; orgPath: string }> {
  const place = await locateMessage(table, id);
  const [message, conversation] = place
    ? await Promise.all([
        followMoves(table, place.conversation, place.key),
        getConversation(table, place.conversation, { consistent: false }),
      ])
    : [];
  if (!message || !conversation || conversation.deletedAt !== undefined || !reaches(caller, conversation.orgPath)) {
    throw new RequestError('not_found', 'Message not found');
  }
  return { message, orgPath: conversation.orgPath };
}
