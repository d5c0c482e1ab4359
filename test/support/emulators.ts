import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { dynamodbEndpoint, sqsEndpoint } from '../../infra/local/emulators/endpoints.ts';
import { INDEXES, TABLE } from '../../shared/store/keys.ts';

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

export interface ClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: typeof credentials;
}
const clientConfig = (endpoint: string): ClientConfig => ({ endpoint, region: 'us-east-1', credentials });

export interface TestTable {
  readonly endpoint: string;
  readonly tableName: string;
  readonly clientConfig: ClientConfig;
  stop(): Promise<void>;
}

/** An empty table of the shape that `shared/store/keys.ts` names, on a DynamoDB of its own. */
export async function startTestTable(): Promise<TestTable> {
  const folder = mkdtempSync(join(tmpdir(), 'overture-table-'));
  const dynamodb = await dynamodbEndpoint({ file: join(folder, 'dynamodb.sqlite') });
  const tableName = `overture-${randomUUID()}`;
  const config = clientConfig(dynamodb.endpoint);
  await createTable(config, tableName);
  const stop = async () => {
    await dynamodb.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { endpoint: dynamodb.endpoint, tableName, clientConfig: config, stop };
}

async function createTable(config: ClientConfig, tableName: string): Promise<void> {
  const indexes = Object.values(INDEXES);
  const keysOf = (partitionKey: string, sortKey?: string) => [
    { AttributeName: partitionKey, KeyType: 'HASH' as const },
    ...(sortKey ? [{ AttributeName: sortKey, KeyType: 'RANGE' as const }] : []),
  ];
  const indexKeys = (index: (typeof indexes)[number]) =>
    keysOf(index.partitionKey, 'sortKey' in index ? index.sortKey : undefined);
  const tableKeys = keysOf(TABLE.partitionKey, TABLE.sortKey);
  const names = new Set([...tableKeys, ...indexes.flatMap(indexKeys)].map((key) => key.AttributeName));
  const client = new DynamoDBClient(config);
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [...names].map((AttributeName) => ({
        AttributeName,
        AttributeType: AttributeName === INDEXES.byOrganization.sortKey ? 'N' : 'S',
      })),
      KeySchema: tableKeys,
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      GlobalSecondaryIndexes: indexes.map((index) => ({
        IndexName: index.name,
        KeySchema: indexKeys(index),
        Projection: { ProjectionType: 'KEYS_ONLY' },
      })),
    }),
  );
  client.destroy();
}

export interface TestQueues {
  readonly endpoint: string;
  readonly clientConfig: ClientConfig;
  /** Queue URL by name. */
  readonly urls: Record<string, string>;
  stop(): Promise<void>;
}

/** Empty standard queues of these names, on an SQS of their own. */
export async function startTestQueues(names: readonly string[]): Promise<TestQueues> {
  const sqs = await sqsEndpoint();
  const config = clientConfig(sqs.endpoint);
  const client = new SQSClient(config);
  for (const name of names) await client.send(new CreateQueueCommand({ QueueName: name }));
  client.destroy();
  const urls = Object.fromEntries(names.map((name) => [name, `${sqs.endpoint}/000000000000/${name}`]));
  return { endpoint: sqs.endpoint, clientConfig: config, urls, stop: sqs.stop };
}
