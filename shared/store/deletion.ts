import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Conversation } from '../domain/conversation.ts';
import { successor } from '../runtime/ids.ts';
import { absent, any, equals } from './expression.ts';
import { identityNamesIn, namesOfKind, noteFormerOwner } from './identities.ts';
import { contactPointerKey, conversationKey, conversationPk, type ItemKey, identityKeyOfName } from './keys.ts';
import { batchWrite, deleteAction, type Item, type Table, transact, updateAction } from './table.ts';

/**
 * Marks a conversation deleted and frees its contact's identifiers, in one transaction, so that an upsert either finds
 * the contact alive or starts anew. Whose they were is noted before, for a STOP that comes while a message is still on
 * its way. Answers how many addresses it freed; undefined when the conversation changed meanwhile.
 */
export async function markDeleted(
  table: Table,
  { id, organization, seq }: Conversation,
  now: number,
): Promise<number | undefined> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: conversationKey(id), ConsistentRead: true }),
  );
  const identities = identityNamesIn(Item);
  const names = [...identities];
  const keys = names.map((name) => identityKeyOfName(organization, name));
  await batchWrite(
    table,
    keys.map((key) => noteFormerOwner(key, id, now)),
  );
  const outcome = await transact(table, [
    updateAction(
      table,
      conversationKey(id),
      { set: { deletedAt: Item?.deletedAt ?? now, updatedAt: now }, remove: ['identities'], add: { version: 1 } },
      equals('seq', seq),
      Item?.identities === undefined ? absent('identities') : equals('identities', Item.identities),
    ),
    ...keys.map((key) => deleteAction(table, key, any(absent('pk'), equals('conversation', id)))),
  ]);
  return outcome.done ? names.length - namesOfKind(identities, 'pinpointUser').length : undefined;
}

const PAGE = 100;

/** Deletes every item of a conversation that was marked deleted, the conversation itself last. May be repeated. */
export async function purge(table: Table, conversation: string): Promise<number> {
  const head = conversationKey(conversation);
  const { Item } = await table.client.send(new GetCommand({ TableName: table.name, Key: head, ConsistentRead: true }));
  if (Item?.deletedAt === undefined) return 0;
  let purged = 0;
  let start: Item | undefined;
  do {
    const page = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': conversationPk(conversation) },
        ProjectionExpression: 'pk, sk',
        Limit: PAGE,
        ConsistentRead: true,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    const keys = (page.Items ?? []).filter(({ sk }) => sk !== head.sk) as unknown as ItemKey[];
    await deleteAll(table, keys);
    purged += keys.length;
    start = page.LastEvaluatedKey;
  } while (start);
  const contact = typeof Item.contact === 'string' ? Item.contact : successor(conversation);
  await deleteAll(table, [contactPointerKey(contact), head]);
  return purged + 1;
}

const deleteAll = (table: Table, keys: readonly ItemKey[]): Promise<void> =>
  batchWrite(
    table,
    keys.map((Key) => ({ DeleteRequest: { Key } })),
  );
