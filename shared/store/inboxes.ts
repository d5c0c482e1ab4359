import type { Conversation, Participant } from '../domain/conversation.ts';
import { toConversation } from './conversation-item.ts';
import { HEAD, type ItemKey, inboxPk, inboxPlace, inboxSection } from './keys.ts';
import { FIRST_PAGE_LIMIT, mergePlaces, type PlacesRead } from './place-pages.ts';
import { queryPages } from './query-pages.ts';
import type { BatchWrite, Item, Table } from './table.ts';

/** A change of an item as the stream tells it: what it was, and what it became. */
export interface Change {
  readonly before: Item | undefined;
  readonly after: Item | undefined;
}

/**
 * The writes that bring inboxes up to date with changed items, of which all but conversations are passed over. `changes`
 * are in the order of the stream; repeating them is harmless. One write at most for a key.
 */
export function inboxWrites(changes: readonly Change[]): BatchWrite[] {
  const writes = new Map<string, BatchWrite>();
  for (const { before, after } of changes) {
    const old = keysOf(before);
    const now = keysOf(after);
    for (const [name, Key] of old) if (!now.has(name)) writes.set(name, { DeleteRequest: { Key } });
    for (const [name, key] of now) if (!old.has(name)) writes.set(name, { PutRequest: { Item: { ...key } } });
  }
  return [...writes.values()];
}

const keysOf = (item: Item | undefined): ReadonlyMap<string, ItemKey> =>
  new Map(
    (item?.sk === HEAD && isConversation(item) ? entriesOf(toConversation(item)) : []).map((key) => [
      `${key.pk} ${key.sk}`,
      key,
    ]),
  );

const isConversation = ({ pk }: Item): boolean => String(pk).startsWith('C#');

/** Where a conversation is listed: with users and in channels; nowhere once it is deleted. */
function entriesOf({ id, status, createdAt, deletedAt, participants, channels }: Conversation): ItemKey[] {
  if (deletedAt !== undefined) return [];
  const place = inboxPlace(createdAt, id);
  return [
    ...Object.entries(participants)
      .filter(([, participant]) => isListedWith(participant))
      .map(([user, { inbox }]) => ({ pk: inboxPk(user), sk: `${inboxSection(inbox, status)}${place}` })),
    ...channels.map((channel) => ({ pk: inboxPk(channel), sk: place })),
  ];
}

/** A bot has no list of what it takes part in, which is everything: that would cost a write on every start. */
const isListedWith = ({ inbox, role }: Participant): boolean => inbox || role === 'agent' || role === 'admin';

/**
 * Places of the conversations in sections of an inbox (of a channel: one without a name), as one list, page by page. They
 * follow the conversations by moments, so that one may still stand where it no longer belongs.
 */
export const pageInbox = (
  table: Table,
  owner: string,
  { sections, ...read }: PlacesRead & { readonly sections: readonly string[] },
): AsyncGenerator<string[]> =>
  mergePlaces(
    sections.map((section) => pageSection(table, { pk: inboxPk(owner), section }, read)),
    read.newestFirst,
  );

async function* pageSection(
  table: Table,
  { pk, section }: { pk: string; section: string },
  { newestFirst, from, to, after, pageSize }: PlacesRead,
): AsyncGenerator<string[]> {
  const pages = queryPages(table, {
    KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
    ExpressionAttributeValues: {
      ':pk': pk,
      ':from': `${section}${inboxPlace(from, '')}`,
      ':to': `${section}${inboxPlace(to, '~')}`,
    },
    ScanIndexForward: !newestFirst,
    after: after === undefined ? undefined : { pk, sk: `${section}${after}` },
    pageSize: Math.min(pageSize, FIRST_PAGE_LIMIT),
  });
  for await (const items of pages) yield items.map(({ sk }) => String(sk).slice(section.length));
}
