import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createDocumentClient } from '../../shared/runtime/clients.ts';
import type { Table } from '../../shared/store/table.ts';
import { QUEUES, type QueueName } from '../stages.ts';

/** What the stack calls the function that each queue feeds; CloudFormation puts it into the queue's name. */
const CONSTRUCTS: Readonly<Record<QueueName, string>> = {
  ticks: 'Worker',
  email: 'Email',
  sms: 'Sms',
  whatsapp: 'WhatsApp',
  receipts: 'Hooks',
  sweep: 'Sweeper',
  webhooks: 'Publisher',
  ingress: 'Ingest',
};

/** What the data stack calls the secrets that it makes. */
export type SecretName = 'TokenKey' | 'Pepper';

/** A running installation, at home or deployed, as an operator reaches it. */
export interface Installation {
  readonly stage: string;
  readonly sqs: SQSClient;
  queueUrl(queue: QueueName): Promise<string>;
  deadLettersUrl(queue: QueueName): Promise<string>;
  table(): Promise<Table>;
  readonly secrets: SecretsManagerClient;
  secretId(name: SecretName): Promise<string>;
  /** Where Meta's double answers instead of Meta. */
  readonly metaUrl?: string;
}

export interface Where {
  /** A deployed stage, reached with the AWS credentials of the environment; else the local run. */
  readonly stage?: string;
  /** Of the local run. */
  readonly port: string;
}

export const toQueueName = (name: string | undefined): QueueName => {
  const queue = QUEUES.find((known) => known === name);
  if (queue) return queue;
  throw new Error(`Say which queue: --queue ${QUEUES.join(' | ')}`);
};

/** Throws one sentence when nothing runs there. */
export const findInstallation = (where: Where): Promise<Installation> =>
  where.stage === undefined ? atHome(where.port) : Promise.resolve(deployed(where.stage));

async function atHome(port: string): Promise<Installation> {
  const answer = await fetch(`http://127.0.0.1:${port}/_local/endpoints`).catch(() => {
    throw new Error(`Nothing answers on port ${port}: start Overture with npm start, or name a --stage.`);
  });
  const { dynamodb, sqs, secretsManager, table, queues, secrets, whatsapp } = (await answer.json()) as {
    dynamodb: string;
    sqs: string;
    secretsManager: string;
    table: string;
    queues: Record<string, string>;
    secrets: Record<SecretName, string>;
    whatsapp: string;
  };
  const local = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  const client = createDocumentClient(new DynamoDBClient({ endpoint: dynamodb, ...local }));
  return {
    stage: 'local',
    ...queuesOf(new SQSClient({ endpoint: sqs, ...local }), async () => Object.entries(queues)),
    table: async () => ({ client, name: table }),
    secrets: new SecretsManagerClient({ endpoint: secretsManager, ...local }),
    secretId: async (name) => secrets[name],
    metaUrl: whatsapp,
  };
}

function deployed(stage: string): Installation {
  const prefix = `Overture-${stage}-Service-`;
  const sqs = new SQSClient({});
  const dynamodb = new DynamoDBClient({});
  const secrets = new SecretsManagerClient({});
  const listQueues = async (): Promise<[string, string][]> => {
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: prefix, MaxResults: 1000 }));
    return QueueUrls.map((url) => [url.slice(url.lastIndexOf('/') + 1 + prefix.length), url]);
  };
  return {
    stage,
    ...queuesOf(sqs, listQueues),
    table: async () => ({ client: createDocumentClient(dynamodb), name: await tableOf(dynamodb, stage) }),
    secrets,
    secretId: (name) => secretOf(secrets, stage, name),
  };
}

const STACK_TAG = 'aws:cloudformation:stack-name';

/** The secret that a stage's data stack made: CloudFormation puts the construct's name before a name of its own. */
export async function secretOf(
  client: Pick<SecretsManagerClient, 'send'>,
  stage: string,
  name: SecretName,
): Promise<string> {
  const { SecretList = [] } = await client.send(
    new ListSecretsCommand({ Filters: [{ Key: 'name', Values: [name] }], MaxResults: 100 }),
  );
  const [found] = SecretList.filter(({ Tags = [] }) =>
    Tags.some(({ Key, Value }) => Key === STACK_TAG && Value === `Overture-${stage}-Data`),
  );
  if (found?.ARN) return found.ARN;
  throw new Error(`There is no secret ${name} of stage ${stage} in this account and region.`);
}

async function tableOf(dynamodb: DynamoDBClient, stage: string): Promise<string> {
  const prefix = `Overture-${stage}-Data-`;
  const { TableNames = [] } = await dynamodb.send(
    new ListTablesCommand({ ExclusiveStartTableName: prefix, Limit: 10 }),
  );
  const name = TableNames.find((candidate) => candidate.startsWith(prefix));
  if (name) return name;
  throw new Error(`There is no table of stage ${stage} in this account and region.`);
}

function queuesOf(
  sqs: SQSClient,
  listQueues: () => Promise<(readonly [name: string, url: string])[]>,
): Pick<Installation, 'sqs' | 'queueUrl' | 'deadLettersUrl'> {
  const find = async (prefix: string): Promise<string> => {
    const found = (await listQueues()).find(([name]) => name.startsWith(prefix));
    if (found) return found[1];
    throw new Error(`There is no queue ${prefix}… in this installation.`);
  };
  return {
    sqs,
    queueUrl: (queue) => find(`${CONSTRUCTS[queue]}Queue`),
    deadLettersUrl: (queue) => find(`${CONSTRUCTS[queue]}DeadLetters`),
  };
}
