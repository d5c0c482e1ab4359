import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { isTerminal, type Message } from '../domain/message.ts';
import { createPredecessorSearch } from '../domain/order.ts';
import { locateById } from './by-id.ts';
import { absent, differs, exists } from './expression.ts';
import {
  bodyKey,
  conversationOf,
  conversationPk,
  type ItemKey,
  MESSAGE_PREFIX,
  MESSAGES_END,
  messageKey,
  messageSk,
} from './keys.ts';
import { hasBodyApart, toMessage, toMessageItems } from './message-item.ts';
import { queryPages } from './query-pages.ts';
import {
  batchGetAll,
  batchWrite,
  type FailedAction,
  type Item,
  putAction,
  putItem,
  type Table,
  type TransactItem,
  transact,
  updateAction,
} from './table.ts';

/** Stores the bodies that are kept apart, before the messages: one without its message is harmless. */
export async function storeBodies(table: Table, messages: readonly Message[]): Promise<void> {
  const bodies = messages.map((message) => toMessageItems(message).body).filter((body) => body !== undefined);
  await batchWrite(
    table,
    bodies.map((Item) => ({ PutRequest: { Item } })),
  );
}

export const putMessages = (table: Table, messages: readonly Message[]): TransactItem[] =>
  messages.map((message) => putAction(table, toMessageItems(message).item, absent('pk')));

/**
 * Stores messages whose places were reserved, all or none. Repeating the call with the same messages is success: a
 * place that is taken is taken by them. Throws ContentionError when it may be repeated.
 */
export async function appendMessages(table: Table, messages: readonly Message[]): Promise<void> {
  await storeBodies(table, messages);
  const [only, ...others] = messages;
  if (only && others.length === 0) {
    await putItem(table, toMessageItems(only).item, absent('pk'));
    return;
  }
  const outcome = await transact(table, putMessages(table, messages));
  if (!outcome.done && !areStored(outcome.actions, messages)) {
    throw new Error('A reserved place in a conversation was taken by another message.');
  }
}

/**
 * Replaces the meta of a message where it stands, or of its body where that is kept apart. Undefined: it moved meanwhile,
 * or is no more.
 */
export async function replaceMeta(
  table: Table,
  message: Message,
  meta: Readonly<Record<string, unknown>>,
  now: number,
): Promise<Message | undefined> {
  const { conversation, key, id } = message;
  const moment = { set: { ...(!message.bodyApart && { meta }), updatedAt: now } };
  const outcome = await transact(table, [
    updateAction(table, messageKey(conversation, key), moment, exists('pk'), differs('state', 'moved')),
    ...(message.bodyApart ? [updateAction(table, bodyKey(conversation, id), { set: { meta } }, exists('pk'))] : []),
  ]);
  return outcome.done ? { ...message, meta, updatedAt: now } : undefined;
}

/** Whether the actions that put these messages failed because they had put them before. */
export const areStored = (actions: readonly FailedAction[], messages: readonly Message[]): boolean =>
  messages.length > 0 && messages.every((message, index) => actions[index]?.item?.id === message.id);

/** Undefined when there is no such message. Consistent. */
export async function getMessage(table: Table, conversation: string, key: string): Promise<Message | undefined> {
  const Item = await getItem(table, messageKey(conversation, key));
  return Item && withBody(table, Item);
}

async function getItem(table: Table, Key: ItemKey): Promise<Item | undefined> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: { ...Key }, ConsistentRead: true }),
  );
  return Item;
}

const withBody = async (table: Table, item: Item): Promise<Message> =>
  toMessage(
    item,
    hasBodyApart(item) ? await getItem(table, bodyKey(String(item.pk).slice(2), String(item.id))) : undefined,
  );

/** A message at the place that it was last moved to. Undefined when there is none. Consistent. */
export async function followMoves(table: Table, conversation: string, key: string): Promise<Message | undefined> {
  const message = await getMessage(table, conversation, key);
  return message?.movedTo === undefined ? message : followMoves(table, conversation, message.movedTo);
}

/** Finds where a message stands by its id; undefined when it is unknown. The index may lag behind by moments. */
export async function locateMessage(
  table: Table,
  id: string,
): Promise<{ conversation: string; key: string } | undefined> {
  const found = await locateById(table, id);
  return found && { conversation: conversationOf(found.pk), key: found.sk };
}

interface RangeRead {
  readonly table: Table;
  readonly conversation: string;
  readonly from: string;
  readonly to: string;
  readonly newestFirst: boolean;
  /** Goes on behind this place. */
  readonly after?: string | undefined;
  /** Of the first page. */
  readonly pageSize: number;
}

const CROWD_PAGE = 100;

/** Messages between two sort keys (inclusive), page by page, consistently, without the bodies that are kept apart. */
async function* readMessages(read: RangeRead): AsyncGenerator<Message[]> {
  for await (const items of readItems(read)) yield items.map((item) => toMessage(item));
}

const readItems = ({
  table,
  conversation,
  from,
  to,
  newestFirst,
  after,
  pageSize,
}: RangeRead): AsyncGenerator<Item[]> =>
  queryPages(table, {
    KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
    ExpressionAttributeValues: { ':pk': conversationPk(conversation), ':from': from, ':to': to },
    ScanIndexForward: !newestFirst,
    ConsistentRead: true,
    after: after === undefined ? undefined : { ...messageKey(conversation, after) },
    pageSize,
  });

const TURN_PAGE = 8;

/** A message, and the older one that must finish before it (none: it is its turn). One round trip as a rule. */
export async function readTurn(
  table: Table,
  conversation: string,
  key: string,
): Promise<{ own?: Message; predecessor?: Message }> {
  const search = createPredecessorSearch();
  const read = { table, conversation, from: MESSAGE_PREFIX, to: key, newestFirst: true, pageSize: TURN_PAGE };
  let own: Message | undefined;
  for await (const page of readMessages(read)) {
    for (const message of page) {
      if (own === undefined) {
        if (message.key !== key) return {};
        own = message;
      } else if (search.visit(message)) {
        const predecessor = search.found();
        return { own, ...(predecessor && { predecessor }) };
      }
    }
  }
  return { ...(own && { own }) };
}

const ADVANCE_PAGE = 10;

/**
 * The message to wake when the one at `key` is finished: the first later one that is not, within one page; a page full
 * of finished ones answers its last, whose own tick goes on from there.
 */
export async function findNext(table: Table, conversation: string, key: string): Promise<Message | undefined> {
  const read = { table, conversation, from: `${key}~`, to: MESSAGES_END, newestFirst: false, pageSize: ADVANCE_PAGE };
  for await (const page of readMessages(read)) {
    return (
      page.find((message) => !isTerminal(message.state)) ??
      (page.length === ADVANCE_PAGE ? page.findLast(({ type }) => type !== 'status') : undefined)
    );
  }
  return undefined;
}

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
