import { QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import {
  CHANNEL_PREFIX,
  channelPointerKey,
  descendantPk,
  HEAD,
  INDEXES,
  type ItemKey,
  memberPk,
  organizationPk,
  SERVICE_PREFIX,
  servicePointerKey,
} from './keys.ts';
import { queryAll, type WholeQuery } from './query-all.ts';
import { deleteService, listServices } from './services.ts';
import { batchGet, batchWrite, type Table } from './table.ts';

/** What an organization is not deleted with: each is deleted by itself first. */
export type Content = 'organizations' | 'users' | 'conversations';

const PAGE = 100;

/** Whatever of this an organization has. Conversations that began within moments may not show yet. */
export async function contentsOf(table: Table, organization: string): Promise<Content[]> {
  const [organizations, users, conversations] = await Promise.all([
    queryKeys(table, { ...partition(descendantPk(organization)), Limit: 1 }),
    queryKeys(table, { ...partition(memberPk(organization)), Limit: 1 }),
    hasConversations(table, organization),
  ]);
  return [
    ...(organizations.length > 0 ? ['organizations' as const] : []),
    ...(users.length > 0 ? ['users' as const] : []),
    ...(conversations ? ['conversations' as const] : []),
  ];
}

const partition = (pk: string): WholeQuery => ({
  KeyConditionExpression: 'pk = :pk',
  ExpressionAttributeValues: { ':pk': pk },
  ConsistentRead: true,
});

async function queryKeys(table: Table, query: Omit<QueryCommandInput, 'TableName'>): Promise<ItemKey[]> {
  const { Items = [] } = await table.client.send(
    new QueryCommand({ TableName: table.name, ProjectionExpression: 'pk, sk', ...query }),
  );
  return Items.map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) }));
}

/** Those that are deleted and wait to be purged are none, unless there are so many that others may stand behind them. */
async function hasConversations(table: Table, organization: string): Promise<boolean> {
  const { name, partitionKey } = INDEXES.byOrganization;
  const keys = await queryKeys(table, {
    IndexName: name,
    KeyConditionExpression: '#org = :org',
    ExpressionAttributeNames: { '#org': partitionKey },
    ExpressionAttributeValues: { ':org': organization },
    Limit: PAGE,
  });
  const found = await batchGet(table, keys, true);
  return found.length === PAGE || found.some(({ deletedAt }) => deletedAt === undefined);
}

/** Deletes all that an organization is configured with, and leaves the organization itself. May be repeated. */
export async function clearConfiguration(table: Table, organization: string): Promise<void> {
  for (const service of await listServices(table, organization)) await deleteService(table, service);
  const items = await queryAll(table, { ...partition(organizationPk(organization)), ProjectionExpression: 'pk, sk' });
  const keys = items.map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) })).filter(({ sk }) => sk !== HEAD);
  await batchWrite(
    table,
    keys.flatMap((key) => [key, ...pointersOf(key)]).map((Key) => ({ DeleteRequest: { Key } })),
  );
}

/** What finds an item by its id alone. */
function pointersOf({ sk }: ItemKey): ItemKey[] {
  const id = sk.slice(sk.indexOf('#') + 1);
  if (sk.startsWith(SERVICE_PREFIX)) return [servicePointerKey(id)];
  return sk.startsWith(CHANNEL_PREFIX) ? [channelPointerKey(id)] : [];
}
