import type { Message } from '../domain/message.ts';
import { bodyKey, conversationOf, MESSAGE_PREFIX, MESSAGES_END, messageSk } from './keys.ts';
import { hasBodyApart, toMessage } from './message-item.ts';
import { readItems, readMessages } from './message-range.ts';
import { batchGetAll, type Item, type Table } from './table.ts';

const CROWD_PAGE = 100;

/** The messages that were due in a span of time, newest first, without the bodies that are kept apart. */
export async function listBetween(
  table: Table,
  conversation: string,
  span: { from: number; to: number },
): Promise<Message[]> {
  const read = { table, conversation, from: messageSk(span.from, 0), to: messageSk(span.to + 1, 0), newestFirst: true };
  const pages = await Array.fromAsync(readMessages({ ...read, pageSize: CROWD_PAGE }));
  return pages.flat();
}

/** Up to `limit` messages before a place, newest first, without the bodies that are kept apart. Consistent. */
export async function listBefore(
  table: Table,
  { conversation, key }: Pick<Message, 'conversation' | 'key'>,
  limit: number,
): Promise<Message[]> {
  const read = { table, conversation, from: MESSAGE_PREFIX, to: key, newestFirst: true, pageSize: limit + 1 };
  for await (const page of readMessages(read)) return page.filter((message) => message.key !== key).slice(0, limit);
  return [];
}

export interface MessagesRead {
  readonly newestFirst: boolean;
  /** None before this moment, epoch milliseconds. */
  readonly from?: number;
  /** Goes on behind this key. */
  readonly after?: string | undefined;
  /** Of the first page, 128 at most; later ones hold 100. */
  readonly pageSize: number;
}

/** Its bodies are in memory at once. */
const LARGEST_PAGE = 128;

/** A conversation's messages by (due, seq) with their bodies, page by page; also the places they moved from. Consistent. */
export async function* pageMessages(
  table: Table,
  conversation: string,
  { from = 0, pageSize, ...read }: MessagesRead,
): AsyncGenerator<Message[]> {
  const range = { from: messageSk(from, 0), to: MESSAGES_END };
  const size = Math.min(pageSize, LARGEST_PAGE);
  for await (const items of readItems({ table, conversation, ...range, ...read, pageSize: size })) {
    yield await withBodies(table, items);
  }
}

async function withBodies(table: Table, items: readonly Item[]): Promise<Message[]> {
  const keys = items.filter(hasBodyApart).map(({ pk, id }) => bodyKey(conversationOf(String(pk)), String(id)));
  const bodies = new Map((await batchGetAll(table, keys, true)).map((body) => [body.sk, body]));
  return items.map((item) => toMessage(item, bodies.get(bodyKey('', String(item.id)).sk)));
}

/** The newest messages of a conversation, oldest first, with their bodies; not the places that messages moved from. */
export async function listNewest(table: Table, conversation: string, limit: number): Promise<Message[]> {
  for await (const page of pageMessages(table, conversation, { newestFirst: true, pageSize: limit })) {
    return page.filter(({ state }) => state !== 'moved').reverse();
  }
  return [];
}
