import type { Conversation } from '../../shared/domain/conversation.ts';
import { toConversationItem } from '../../shared/store/conversation-item.ts';
import { inboxWrites } from '../../shared/store/inboxes.ts';
import { batchWrite, type Item, type Table } from '../../shared/store/table.ts';

/** Stores conversations as they are, and keeps the inboxes as the table's stream would have it kept. */
export async function storeConversations(table: Table, conversations: readonly Conversation[]): Promise<void> {
  const items = conversations.map((conversation) => toConversationItem(conversation, []));
  await batchWrite(
    table,
    items.map((Item) => ({ PutRequest: { Item } })),
  );
  await keepInboxes(table, items);
}

const keepInboxes = (table: Table, items: readonly Item[]): Promise<void> =>
  batchWrite(table, inboxWrites(items.map((after) => ({ before: undefined, after }))));
