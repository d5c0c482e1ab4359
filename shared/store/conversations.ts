import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type ContactConversation, type Conversation, isWithContact } from '../domain/conversation.ts';
import type { Message } from '../domain/message.ts';
import { predecessor } from '../runtime/ids.ts';
import { toConversation, toConversationItem } from './conversation-item.ts';
import { absent, all, any, type Changes, type Condition, equals, exists, expression } from './expression.ts';
import { type Identity, identityNamesIn, ownerIn, takeIdentity } from './identities.ts';
import { contactPointerKey, conversationKey, type IdentifierKind } from './keys.ts';
import { areStored, putMessages, storeBodies } from './messages.ts';
import {
  batchGet,
  batchGetAll,
  type FailedAction,
  putAction,
  type Table,
  type TransactItem,
  transact,
  updateAction,
  updateItem,
} from './table.ts';

/** Undefined when there is no such conversation. */
export async function getConversation(
  table: Table,
  id: string,
  read: { consistent: boolean },
): Promise<Conversation | undefined> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: conversationKey(id), ConsistentRead: read.consistent }),
  );
  return Item && toConversation(Item);
}

/** Those that there are, in the order of the ids, as often as they are named. Consistent; 100 in a round trip. */
export async function getConversations(table: Table, ids: readonly string[]): Promise<Conversation[]> {
  const items = await batchGetAll(table, [...new Set(ids)].map(conversationKey), true);
  const found = new Map(items.map(toConversation).map((conversation) => [conversation.id, conversation]));
  return ids.flatMap((id) => found.get(id) ?? []);
}

/** Whether conditions hold for a conversation, as they would for a write; a consistent read. */
export async function holdsFor(table: Table, id: string, conditions: readonly Condition[]): Promise<boolean> {
  const { pk, sk } = conversationKey(id);
  const { ConditionExpression, ...use } = expression({}, ...conditions);
  const { Count } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk AND sk = :sk',
      ...(ConditionExpression && { FilterExpression: ConditionExpression }),
      ExpressionAttributeNames: use.ExpressionAttributeNames,
      ExpressionAttributeValues: { ...use.ExpressionAttributeValues, ':pk': pk, ':sk': sk },
      ConsistentRead: true,
    }),
  );
  return Count === 1;
}

/** By the id of its contact: it follows from the conversation's, or a pointer names the conversation. Consistent. */
export async function findByContact(table: Table, contact: string): Promise<ContactConversation | undefined> {
  const keys = [conversationKey(predecessor(contact)), contactPointerKey(contact)];
  const items = await batchGet(table, keys, true);
  const own = items.find(({ pk }) => pk === keys[0]?.pk);
  const pointer = items.find(({ pk }) => pk === keys[1]?.pk);
  const found = [
    own && toConversation(own),
    typeof pointer?.conversation === 'string'
      ? await getConversation(table, pointer.conversation, { consistent: true })
      : undefined,
  ].find((conversation) => conversation?.contact === contact);
  return found && isWithContact(found) ? found : undefined;
}

export interface NewConversation {
  readonly conversation: Conversation;
  readonly identities: readonly Identity[];
  readonly messages: readonly Message[];
  /** Further actions of the same transaction: guards and records that may exist only once. */
  readonly also?: readonly TransactItem[];
}

export type CreateOutcome =
  | { readonly created: true }
  /** Somebody was faster: the owners that are known of the identities asked for, and what stood in the way of `also`. */
  | {
      readonly created: false;
      readonly owners: ReadonlyMap<IdentifierKind, string>;
      readonly also: readonly FailedAction[];
    };

/** Contact, conversation, identities and first messages in one transaction: all or nothing. */
export async function createConversation(table: Table, start: NewConversation): Promise<CreateOutcome> {
  const { conversation, identities, messages, also = [] } = start;
  await storeBodies(table, messages);
  const outcome = await transact(table, [
    ...identities.map((identity) => takeIdentity(table, identity, conversation.id)),
    putAction(
      table,
      toConversationItem(
        conversation,
        identities.map((identity) => identity.name),
      ),
      absent('pk'),
    ),
    ...putMessages(table, messages),
    ...also,
  ]);
  if (outcome.done) return { created: true };
  const owners = new Map<IdentifierKind, string>();
  identities.forEach((identity, index) => {
    const owner = ownerIn(outcome.actions[index]?.item);
    if (owner) owners.set(identity.kind, owner);
  });
  return { created: false, owners, also: also.length > 0 ? outcome.actions.slice(-also.length) : [] };
}

export type ReserveOutcome =
  | { readonly reserved: true; readonly conversation: Conversation }
  /** What stood in the way; undefined when there is no such conversation. */
  | {
      readonly reserved: false;
      readonly found: Conversation | undefined;
      /** Names of the identities that it has. */
      readonly identities: ReadonlySet<string>;
    };

/**
 * Raises `seq` by the number of messages to come and notes the time of acceptance, under the conditions given; without
 * `now` the last time stays. Answers the conversation as it then is: the messages get the last `count` numbers. `token` names the request: the SDK's own
 * repetition of a call whose answer was lost is told from another writer by it, and leaves a gap in the numbers only.
 */
export async function reserveSequence(
  table: Table,
  id: string,
  reserve: { count: number; now?: number; token: string; changes?: Changes; conditions: readonly Condition[] },
): Promise<ReserveOutcome> {
  const { count, now, token, changes = {}, conditions } = reserve;
  const outcome = await updateItem(
    table,
    conversationKey(id),
    {
      ...changes,
      set: { ...changes.set, lastAt: now, updatedAt: now, reservedBy: token },
      add: { ...changes.add, seq: count },
    },
    any(all(exists('pk'), ...conditions), equals('reservedBy', token)),
  );
  if (outcome.done) return { reserved: true, conversation: toConversation(outcome.item) };
  const { old } = outcome;
  return { reserved: false, found: old && toConversation(old), identities: identityNamesIn(old) };
}

/**
 * Stores messages in their reserved places, with guards and records that may exist only once, in one transaction. Not
 * stored: one of those stands already. Repeating the call with the same messages is success.
 */
export async function storeGuarded(
  table: Table,
  messages: readonly Message[],
  also: readonly TransactItem[],
): Promise<{ stored: boolean }> {
  await storeBodies(table, messages);
  const outcome = await transact(table, [...putMessages(table, messages), ...also]);
  return { stored: outcome.done || areStored(outcome.actions, messages) };
}

/**
 * Attaches free identities to a contact and stores messages in their reserved places, in one transaction. Not attached:
 * one of them was not free any more, something of `also` stands already, or somebody else has reserved a place since,
 * and nothing was written. Repeating the call with the same messages is success.
 */
export async function attachIdentities(
  table: Table,
  attach: {
    conversation: Conversation;
    identities: readonly Identity[];
    changes: Changes;
    conditions?: readonly Condition[];
    messages: readonly Message[];
    also?: readonly TransactItem[];
  },
): Promise<{ attached: boolean }> {
  await storeBodies(table, attach.messages);
  const outcome = await transact(table, [
    ...attach.identities.map((identity) => takeIdentity(table, identity, attach.conversation.id)),
    updateAction(
      table,
      conversationKey(attach.conversation.id),
      { ...attach.changes, add: { identities: new Set(attach.identities.map((identity) => identity.name)) } },
      exists('pk'),
      absent('deletedAt'),
      equals('seq', attach.conversation.seq),
      ...(attach.conditions ?? []),
    ),
    ...putMessages(table, attach.messages),
    ...(attach.also ?? []),
  ]);
  if (outcome.done) return { attached: true };
  const putActions = outcome.actions.slice(attach.identities.length + 1);
  return { attached: areStored(putActions, attach.messages) };
}

/**
 * Appends in one transaction, against the conversation as it was read: sequence, messages, free identities, and guards
 * and records that may exist only once. Not stored: something of that changed or stands already; read again.
 */
export async function appendOnce(
  table: Table,
  conversation: Conversation,
  append: {
    now: number;
    changes: Changes;
    conditions?: readonly Condition[];
    identities: readonly Identity[];
    messages: readonly Message[];
    also: readonly TransactItem[];
  },
): Promise<{ stored: boolean }> {
  const { now, changes, conditions = [], identities, messages, also } = append;
  await storeBodies(table, messages);
  const names = new Set(identities.map((identity) => identity.name));
  const outcome = await transact(table, [
    ...identities.map((identity) => takeIdentity(table, identity, conversation.id)),
    ...putMessages(table, messages),
    updateAction(
      table,
      conversationKey(conversation.id),
      {
        ...changes,
        set: { ...changes.set, seq: conversation.seq + messages.length, lastAt: now, updatedAt: now },
        ...(names.size > 0 && { add: { identities: names } }),
      },
      equals('seq', conversation.seq),
      absent('deletedAt'),
      ...conditions,
    ),
    ...also,
  ]);
  return { stored: outcome.done };
}
