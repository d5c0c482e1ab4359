import type { Caller } from '../../../shared/auth/caller.ts';
import type { Conversation } from '../../../shared/domain/conversation.ts';
import { RequestError } from '../../../shared/domain/errors.ts';
import type { Message } from '../../../shared/domain/message.ts';
import { type Collected, collect, type Place } from '../../../shared/lists/collect.ts';
import { getConversation } from '../../../shared/store/conversations.ts';
import { pageMessages } from '../../../shared/store/message-lists.ts';
import type { Table } from '../../../shared/store/table.ts';
import type { ApiParts } from '../parts.ts';
import { isShown } from './conversation-references.ts';

/** As many messages as a conversation lists; older ones are read on their own. */
const LISTED = 100;

/** A conversation. Throws 404, for one that is out of reach too. */
export async function demandReadable(table: Table, caller: Caller, id: string): Promise<Conversation> {
  const conversation = await getConversation(table, id, { consistent: true });
  if (conversation && isShown(conversation, caller)) return conversation;
  throw new RequestError('not_found', 'Conversation not found');
}

/** A conversation with its newest messages, oldest first, and where older ones go on. Throws 404. */
export async function readConversation(
  { table }: ApiParts,
  caller: Caller,
  id: string,
): Promise<{ conversation: Conversation; messages: Message[]; older: Place | undefined }> {
  const [conversation, { found, next }] = await Promise.all([demandReadable(table, caller, id), newest(table, id)]);
  return { conversation, messages: found.toReversed(), older: next };
}

async function newest(table: Table, id: string): Promise<Collected<Message>> {
  const pages = pageMessages(table, id, { newestFirst: true, pageSize: LISTED + 1 });
  return collect(asEntries(pages), { limit: LISTED, offset: 0, fits: ({ state }) => state !== 'moved' });
}

async function* asEntries(pages: AsyncIterable<Message[]>) {
  for await (const page of pages) yield page.map((message) => ({ value: message, place: message.key }));
}
