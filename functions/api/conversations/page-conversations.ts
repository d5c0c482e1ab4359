import type { Caller } from '../../../shared/auth/caller.ts';
import type { ListQuery } from '../../../shared/contracts/list-query.ts';
import type { Conversation } from '../../../shared/domain/conversation.ts';
import { type Collected, collect, type Entry, readCursor } from '../../../shared/lists/collect.ts';
import type { Fields } from '../../../shared/lists/fields.ts';
import { fitsAll } from '../../../shared/lists/filter-views.ts';
import { momentRange } from '../../../shared/lists/moment-range.ts';
import { demandOrder } from '../../../shared/lists/sort-views.ts';
import { getConversations } from '../../../shared/store/conversations.ts';
import { readInboxPlace } from '../../../shared/store/keys.ts';
import type { PlacesRead } from '../../../shared/store/place-pages.ts';
import type { Table } from '../../../shared/store/table.ts';
import { isShown } from './conversation-references.ts';

/** A list of conversations, or of what is one item with them. */
export interface Listing {
  readonly query: ListQuery;
  readonly fields: Fields;
  /** What the fields are of; undefined for what the list does not show. */
  viewOf(conversation: Conversation): unknown;
  /** Where those stand that may fit. */
  placesOf(read: PlacesRead): AsyncIterable<string[]>;
}

/**
 * A page of the conversations in reach that fit, newest first unless `sort` is `createdAt`. They are as they are now,
 * while the places may lag behind by moments. Throws 400.
 */
export async function pageConversations(
  table: Table,
  caller: Caller,
  { query, fields, viewOf, placesOf }: Listing,
): Promise<Collected<Conversation>> {
  const { limit, offset } = query;
  const fits = fitsAll(query.filters, fields);
  const newestFirst = demandOrder(query.sort, 'createdAt', 'descending') === 'descending';
  const range = momentRange(query.filters, 'createdAt');
  const after = readCursor(query.cursor, (place) => {
    const { createdAt = -1 } = readInboxPlace(place) ?? {};
    return createdAt >= range.from && createdAt <= range.to;
  });
  const places = placesOf({ newestFirst, ...range, after, pageSize: limit + offset + 1 });
  return collect<Conversation>(range.from > range.to ? nowhere() : asEntries(table, caller, places), {
    limit,
    offset,
    fits: (conversation) => {
      const view = viewOf(conversation);
      return view !== undefined && fits(view);
    },
  });
}

async function* nowhere(): AsyncGenerator<never> {}

async function* asEntries(
  table: Table,
  caller: Caller,
  places: AsyncIterable<string[]>,
): AsyncGenerator<Entry<Conversation>[]> {
  for await (const page of places) {
    const ids = page.map((place) => readInboxPlace(place)?.conversation ?? '');
    const found = new Map((await getConversations(table, ids)).map((conversation) => [conversation.id, conversation]));
    yield page.map((place, index) => {
      const conversation = found.get(ids[index] ?? '');
      return { place, value: conversation && isShown(conversation, caller) ? conversation : undefined };
    });
  }
}
