import { type Caller, reaches } from '../../../shared/auth/caller.ts';
import type { Conversation } from '../../../shared/domain/conversation.ts';
import { RequestError } from '../../../shared/domain/errors.ts';
import type { Message } from '../../../shared/domain/message.ts';
import { getConversation } from '../../../shared/store/conversations.ts';
import { listNewest } from '../../../shared/store/messages.ts';
import type { ApiParts } from '../parts.ts';

/** As many messages as a conversation lists; older ones are read on their own. */
const LISTED = 100;

/** A conversation with its newest messages, oldest first. Throws 404, for one that is out of reach too. */
export async function readConversation(
  { table }: ApiParts,
  caller: Caller,
  id: string,
): Promise<{ conversation: Conversation; messages: Message[] }> {
  const [conversation, messages] = await Promise.all([
    getConversation(table, id, { consistent: true }),
    listNewest(table, id, LISTED),
  ]);
  if (!conversation || conversation.deletedAt !== undefined || !reaches(caller, conversation.orgPath)) {
    throw new RequestError('not_found', 'Conversation not found');
  }
  return { conversation, messages };
}
