import { setTimeout as pause } from 'node:timers/promises';
import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  BatchWriteCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { type Changes, type Condition, expression } from './expression.ts';
import type { ItemKey } from './keys.ts';

export type Item = Record<string, unknown>;
export type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** The table and the client that reaches it. */
export interface Table {
  readonly client: DynamoDBDocumentClient;
  readonly name: string;
}

/** A write met another one on the same items, or the table was throttled: the same call may succeed in a moment. */
export class ContentionError extends Error {
  constructor(reasons: readonly string[]) {
    super(`The write met others: ${reasons.join(', ')}.`);
    this.name = 'ContentionError';
  }
}

const CONTENTION = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);
/**
 * Not among them: TransactionInProgressException. The call it answers may yet be carried out, so doing the work again
 * under other ids could do it twice.
 */
const CONTENTION_ERRORS = new Set([
  'TransactionConflictException',
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
]);

/** Whether the same call may succeed in a moment: it met another one, or the table was throttled. */
export const isContention = (error: unknown): boolean =>
  error instanceof ContentionError || (error instanceof Error && CONTENTION_ERRORS.has(error.name));

const asContention = (error: unknown): unknown =>
  error instanceof Error && isContention(error) ? new ContentionError([error.name]) : error;

export type UpdateOutcome =
  | { readonly done: true; readonly item: Item }
  | { readonly done: false; readonly old?: Item };

/**
 * One conditional update. Answers the new item, or the one that stood in the way (none: there was no such item).
 * Throws ContentionError when it may be tried again.
 */
export async function updateItem(
  table: Table,
  key: ItemKey,
  changes: Changes,
  ...conditions: readonly Condition[]
): Promise<UpdateOutcome> {
  try {
    const { Attributes } = await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: key,
        ...expression(changes, ...conditions),
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return { done: true, item: Attributes ?? {} };
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) {
      return { done: false, ...(error.Item && { old: unmarshall(error.Item) }) };
    }
    throw asContention(error);
  }
}

/** One conditional put; false when the condition did not hold. Throws ContentionError when it may be tried again. */
export async function putItem(table: Table, item: Item, ...conditions: readonly Condition[]): Promise<boolean> {
  try {
    await table.client.send(new PutCommand({ TableName: table.name, Item: item, ...expression({}, ...conditions) }));
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw asContention(error);
  }
}

/** Per action of a failed transaction: whether its condition failed, and the item that made it fail. */
export interface FailedAction {
  readonly failed: boolean;
  readonly item?: Item;
}
export type TransactOutcome =
  | { readonly done: true }
  | { readonly done: false; readonly actions: readonly FailedAction[] };

/**
 * All or nothing. Answers which conditions failed; throws ContentionError when none did and the same transaction may
 * be tried again. The SDK repeats neither conflicts nor cancellations.
 */
export async function transact(table: Table, items: readonly TransactItem[]): Promise<TransactOutcome> {
  try {
    await table.client.send(new TransactWriteCommand({ TransactItems: [...items] }));
    return { done: true };
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw asContention(error);
    const reasons = error.CancellationReasons ?? [];
    if (reasons.some((reason) => reason.Code === 'ConditionalCheckFailed')) {
      return {
        done: false,
        actions: reasons.map((reason) => ({
          failed: reason.Code === 'ConditionalCheckFailed',
          ...(reason.Item && { item: unmarshall(reason.Item) }),
        })),
      };
    }
    if (reasons.some((reason) => CONTENTION.has(reason.Code ?? ''))) {
      throw new ContentionError(reasons.map((reason) => reason.Code ?? 'None'));
    }
    throw error;
  }
}

export const putAction = (table: Table, item: Item, ...conditions: readonly Condition[]): TransactItem => ({
  Put: {
    TableName: table.name,
    Item: item,
    ...expression({}, ...conditions),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  },
});

export const updateAction = (
  table: Table,
  key: ItemKey,
  changes: Changes,
  ...conditions: readonly Condition[]
): TransactItem => {
  const { UpdateExpression = '', ...rest } = expression(changes, ...conditions);
  return {
    Update: {
      TableName: table.name,
      Key: key,
      UpdateExpression,
      ...rest,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
};

export const deleteAction = (table: Table, key: ItemKey, ...conditions: readonly Condition[]): TransactItem => ({
  Delete: { TableName: table.name, Key: key, ...expression({}, ...conditions) },
});

export const checkAction = (table: Table, key: ItemKey, ...conditions: readonly Condition[]): TransactItem => {
  const { ConditionExpression = '', ...rest } = expression({}, ...conditions);
  return {
    ConditionCheck: {
      TableName: table.name,
      Key: key,
      ConditionExpression,
      ...rest,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
};

/** Keys in one read. */
export const BATCH_GET_LIMIT = 100;
const BATCH_TRIES = 5;

const BATCH_WRITE_LIMIT = 25;
const BATCH_PAUSE_MS = 20;

/** Up to 100 items in one round trip; asks again for keys that the table left out. The order is not that of the keys. */
export async function batchGet(table: Table, keys: readonly ItemKey[], consistent: boolean): Promise<Item[]> {
  if (keys.length > BATCH_GET_LIMIT)
    throw new RangeError(`batchGet takes ${BATCH_GET_LIMIT} keys, not ${keys.length}.`);
  const found: Item[] = [];
  let wanted: readonly Item[] = keys.map((key) => ({ ...key }));
  for (let attempt = 0; wanted.length > 0; attempt++) {
    if (attempt === BATCH_TRIES) throw new ContentionError(['UnprocessedKeys']);
    if (attempt > 0) await pause(BATCH_PAUSE_MS * 2 ** attempt);
    const answer = await table.client
      .send(new BatchGetCommand({ RequestItems: { [table.name]: { Keys: [...wanted], ConsistentRead: consistent } } }))
      .catch((error: unknown) => {
        throw asContention(error);
      });
    found.push(...(answer.Responses?.[table.name] ?? []));
    wanted = answer.UnprocessedKeys?.[table.name]?.Keys ?? [];
  }
  return found;
}

/** Consistent reads of up to 100 keys, no key twice; in no order. */
export type ReadItems = (keys: readonly ItemKey[]) => Promise<Item[]>;

export const createItemReader =
  (table: Table): ReadItems =>
  (keys) =>
    batchGet(table, keys, true);

export const isAt =
  ({ pk, sk }: ItemKey) =>
  (item: Item): boolean =>
    item.pk === pk && item.sk === sk;

/** Any number of items, 100 in a round trip. The order is not that of the keys. */
export async function batchGetAll(table: Table, keys: readonly ItemKey[], consistent: boolean): Promise<Item[]> {
  const found: Item[] = [];
  for (let start = 0; start < keys.length; start += BATCH_GET_LIMIT) {
    found.push(...(await batchGet(table, keys.slice(start, start + BATCH_GET_LIMIT), consistent)));
  }
  return found;
}

/** A put or delete, as BatchWriteItem takes them. */
export type BatchWrite = { readonly PutRequest: { Item: Item } } | { readonly DeleteRequest: { Key: ItemKey } };

/** Unconditional writes, 25 in a call; repeats what the table left out. Throws ContentionError when it keeps to. */
export async function batchWrite(table: Table, writes: readonly BatchWrite[]): Promise<void> {
  for (let start = 0; start < writes.length; start += BATCH_WRITE_LIMIT) {
    let left = writes.slice(start, start + BATCH_WRITE_LIMIT) as Item[];
    for (let attempt = 0; left.length > 0; attempt++) {
      if (attempt === BATCH_TRIES) throw new ContentionError(['UnprocessedItems']);
      if (attempt > 0) await pause(BATCH_PAUSE_MS * 2 ** attempt);
      const answer = await table.client
        .send(new BatchWriteCommand({ RequestItems: { [table.name]: left } }))
        .catch((error: unknown) => {
          throw asContention(error);
        });
      left = (answer.UnprocessedItems?.[table.name] ?? []) as Item[];
    }
  }
}
