import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Message } from '../domain/message.ts';
import { locateById } from './by-id.ts';
import { absent, differs, exists } from './expression.ts';
import { bodyKey, conversationOf, type ItemKey, messageKey } from './keys.ts';
import { hasBodyApart, toMessage, toMessageItems } from './message-item.ts';
import {
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
