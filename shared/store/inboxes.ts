import type { Conversation, Participant } from '../domain/conversation.ts';
import { toConversation } from './conversation-item.ts';
import { HEAD, type ItemKey, inboxPk, inboxPlace, inboxSection } from './keys.ts';
import type { BatchWrite, Item } from './table.ts';

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
