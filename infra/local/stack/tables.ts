import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceNotFoundException,
  type TableDescription,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { arnOf, clientConfig } from './identity.ts';
import type { Resources } from './resources.ts';

type TableInput = Pick<CreateTableCommandInput, 'AttributeDefinitions' | 'KeySchema' | 'LocalSecondaryIndexes'>;

interface TableProperties extends TableInput {
  readonly TableName?: string;
  readonly GlobalSecondaryIndexes?: CreateTableCommandInput['GlobalSecondaryIndexes'];
  readonly StreamSpecification?: { readonly StreamViewType: 'KEYS_ONLY' | 'NEW_AND_OLD_IMAGES' };
  readonly TimeToLiveSpecification?: { readonly AttributeName: string; readonly Enabled: boolean };
}

/**
 * Creates the tables that are not there yet, and answers their names. Throws for a table kept from an earlier run whose
 * keys, indexes or stream are not those of the template: it has to be thrown away by its owner.
 */
export async function createTables(resources: Resources, endpoint: string): Promise<string[]> {
  const client = new DynamoDBClient(clientConfig(endpoint));
  const declared = resources.ofType<TableProperties>('AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table');
  const names = await Promise.all(
    declared.map(async ({ logicalId, properties: wanted, created }) => {
      const name = wanted.TableName ?? logicalId;
      const table = (await findTable(client, name)) ?? (await createTable(client, name, wanted));
      refuseOtherShape(name, table, wanted);
      const attributes = { Arn: arnOf('dynamodb', `table/${name}`), StreamArn: table.LatestStreamArn ?? '' };
      created({ ref: name, attributes });
      return name;
    }),
  );
  client.destroy();
  return names;
}

async function findTable(client: DynamoDBClient, TableName: string): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

async function createTable(
  client: DynamoDBClient,
  TableName: string,
  wanted: TableProperties,
): Promise<TableDescription> {
  const { TableDescription } = await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: wanted.AttributeDefinitions,
      KeySchema: wanted.KeySchema,
      LocalSecondaryIndexes: wanted.LocalSecondaryIndexes,
      GlobalSecondaryIndexes: wanted.GlobalSecondaryIndexes?.map(({ IndexName, KeySchema, Projection }) => ({
        IndexName,
        KeySchema,
        Projection,
      })),
      StreamSpecification: wanted.StreamSpecification && {
        StreamEnabled: true,
        StreamViewType: wanted.StreamSpecification.StreamViewType,
      },
    }),
  );
  if (wanted.TimeToLiveSpecification?.Enabled) {
    const TimeToLiveSpecification = wanted.TimeToLiveSpecification;
    await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
  }
  return TableDescription ?? {};
}

interface Shape {
  readonly KeySchema?: { AttributeName?: string; KeyType?: string }[];
  readonly GlobalSecondaryIndexes?: { IndexName?: string; KeySchema?: Shape['KeySchema'] }[];
  readonly StreamSpecification?: { StreamViewType?: string };
}

function shapeOf({ KeySchema = [], GlobalSecondaryIndexes = [], StreamSpecification }: Shape): string {
  const keys = (schema: NonNullable<Shape['KeySchema']>) =>
    schema.map(({ AttributeName, KeyType }) => `${KeyType} ${AttributeName}`);
  const indexes = GlobalSecondaryIndexes.map((index) => [index.IndexName, ...keys(index.KeySchema ?? [])].join(' '));
  return JSON.stringify([keys(KeySchema), indexes.sort(), StreamSpecification?.StreamViewType ?? null]);
}

function refuseOtherShape(name: string, found: TableDescription, wanted: TableProperties): void {
  if (shapeOf(found) === shapeOf(wanted)) return;
  throw new Error(`The kept table ${name} has other keys, indexes or streams than the template: delete the kept data.`);
}
