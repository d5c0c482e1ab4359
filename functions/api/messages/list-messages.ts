import type { Caller } from '../../../shared/auth/caller.ts';
import type { ListQuery } from '../../../shared/contracts/list-query.ts';
import type { MessageView } from '../../../shared/contracts/views/messages.ts';
import type { Message } from '../../../shared/domain/message.ts';
import { type Collected, collect, type Entry, readCursor } from '../../../shared/lists/collect.ts';
import { fitsAll } from '../../../shared/lists/filter-views.ts';
import { momentRange } from '../../../shared/lists/moment-range.ts';
import { demandOrder } from '../../../shared/lists/sort-views.ts';
import { isStreamSk, messageSk } from '../../../shared/store/keys.ts';
import { pageMessages } from '../../../shared/store/message-lists.ts';
import { messageView } from '../../../shared/views/message-view.ts';
import { demandReadable } from '../conversations/read-conversation.ts';
import type { ApiParts } from '../parts.ts';
import { MESSAGE_FIELDS } from './message-fields.ts';

export interface MessagesOf {
  readonly conversation: string;
  readonly query: ListQuery;
}

/**
 * A conversation's messages that fit, by when they are due: oldest first unless `sort` is `-createdAt`. Throws 400, and
 * 404 for a conversation that is out of reach too.
 */
export async function listMessages(
  { table }: ApiParts,
  caller: Caller,
  { conversation, query }: MessagesOf,
): Promise<Collected<MessageView>> {
  const fits = fitsAll(query.filters, MESSAGE_FIELDS);
  const newestFirst = demandOrder(query.sort, 'createdAt') === 'descending';
  // None is due before it was accepted, so the one moment bounds the other from below.
  const { from } = momentRange(query.filters, 'createdAt');
  const after = readCursor(query.cursor, (place) => isStreamSk(place) && place >= messageSk(from, 0));
  const { orgPath } = await demandReadable(table, caller, conversation);
  const pageSize = query.limit + query.offset + 1;
  const pages = pageMessages(table, conversation, { newestFirst, from, after, pageSize });
  return collect<MessageView>(asEntries(pages, orgPath), { limit: query.limit, offset: query.offset, fits });
}

/** Messages as entries of a list; those that went to another place are not shown where they were. */
async function* asEntries(pages: AsyncIterable<Message[]>, orgPath: string): AsyncGenerator<Entry<MessageView>[]> {
  for await (const page of pages) {
    yield page.map((message) => ({
      value: message.state === 'moved' ? undefined : messageView(message, orgPath),
      place: message.key,
    }));
  }
}
