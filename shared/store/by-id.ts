import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { INDEXES, type ItemKey } from './keys.ts';
import type { Table } from './table.ts';

/** Where the item of this id stands; undefined when it is unknown. The index may lag behind by moments. */
export async function locateById(table: Table, id: string): Promise<ItemKey | undefined> {
  const { Items } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      IndexName: INDEXES.byId.name,
      KeyConditionExpression: '#id = :id',
      ExpressionAttributeNames: { '#id': INDEXES.byId.partitionKey },
      ExpressionAttributeValues: { ':id': id },
      Limit: 1,
    }),
  );
  const found = Items?.[0];
  return found && { pk: String(found.pk), sk: String(found.sk) };
}
