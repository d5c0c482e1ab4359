import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, expect, test } from 'vitest';
import { startDynoxide } from '../../infra/local/emulators/dynoxide.ts';
import { startFauxqs } from '../../infra/local/emulators/fauxqs.ts';
import { startTestQueues, startTestTable } from '../support/emulators.ts';
import { eventually } from './eventually.ts';

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const cleanups: Array<() => unknown> = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});
const temporaryFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'overture-test-'));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};
const answers = (endpoint: string) =>
  fetch(endpoint).then(
    () => true,
    () => false,
  );
async function startSqs(dataDir?: string) {
  const emulator = await startFauxqs({ dataDir });
  const client = new SQSClient({ endpoint: emulator.endpoint, region: 'us-east-1', credentials });
  cleanups.push(emulator.stop, () => client.destroy());
  await client.send(new CreateQueueCommand({ QueueName: 'q' }));
  return { emulator, client, QueueUrl: emulator.queueUrl('q') };
}

test('a test table has the keys, the indexes and the stream indexes', async () => {
  const table = await startTestTable();
  cleanups.push(table.stop);
  const client = new DynamoDBClient(table.clientConfig);
  const item = { pk: { S: 'C#1' }, sk: { S: '@' }, id: { S: '1' } };
  await client.send(new PutItemCommand({ TableName: table.tableName, Item: item }));
  const { Item } = await client.send(
    new GetItemCommand({ TableName: table.tableName, Key: { pk: { S: 'C#1' }, sk: { S: '@' } } }),
  );
  expect(Item).toEqual(item);
  client.destroy();
});

test('the DynamoDB emulator still keeps its streams in the shape that the added indexes fit', async () => {
  const warnings: string[] = [];
  const file = join(temporaryFolder(), 'd.sqlite');
  const emulator = await startDynoxide({ file, warn: (line) => warnings.push(line) });
  cleanups.push(emulator.stop);
  expect(warnings).toEqual([]);
  const database = new DatabaseSync(file, { readOnly: true });
  const plan = database
    .prepare(
      'EXPLAIN QUERY PLAN SELECT MAX(CAST(sequence_number AS INTEGER)) FROM _stream_records WHERE table_name = ?',
    )
    .all('t');
  database.close();
  expect(JSON.stringify(plan)).toContain('overture_stream_by_table');
});

test('twelve DynamoDB emulators started at once all get a port of their own', async () => {
  const folder = temporaryFolder();
  const emulators = await Promise.all(
    Array.from({ length: 12 }, (_, i) => startDynoxide({ file: join(folder, `${i}.sqlite`) })),
  );
  cleanups.push(() => Promise.all(emulators.map(({ stop }) => stop())));
  expect(new Set(emulators.map(({ endpoint }) => endpoint)).size).toBe(12);
});

test('a taken port is named in the error', async () => {
  const folder = temporaryFolder();
  const first = await startDynoxide({ file: join(folder, 'a.sqlite') });
  cleanups.push(first.stop);
  const port = Number(new URL(first.endpoint).port);
  await expect(startDynoxide({ file: join(folder, 'b.sqlite'), port })).rejects.toThrow(String(port));
});

test('the DynamoDB emulator ends when its owner is killed with SIGKILL', async () => {
  const owner = spawn(process.execPath, [
    join(import.meta.dirname, 'fixtures/hold-dynoxide.ts'),
    join(temporaryFolder(), 'd.sqlite'),
  ]);
  const [line] = await once(owner.stdout, 'data');
  const endpoint = String(line).trim();
  expect(await answers(endpoint)).toBe(true);
  owner.kill('SIGKILL');
  await eventually('the emulator ends', async () => !(await answers(endpoint)));
});

test('stop is idempotent and ends the DynamoDB emulator at once', async () => {
  const emulator = await startDynoxide({ file: join(temporaryFolder(), 'd.sqlite') });
  const began = Date.now();
  await Promise.all([emulator.stop(), emulator.stop()]);
  expect(Date.now() - began).toBeLessThan(500);
  expect(await answers(emulator.endpoint)).toBe(false);
});

test.for([901, -1])('a delay of %i s is refused', async (DelaySeconds) => {
  const { client, QueueUrl } = await startSqs();
  await expect(client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x', DelaySeconds }))).rejects.toMatchObject(
    {
      name: expect.stringContaining('InvalidParameterValue'),
    },
  );
});

test('one bad delay in a batch fails alone', async () => {
  const { client, emulator, QueueUrl } = await startSqs();
  const entry = (Id: string, DelaySeconds: number) => ({ Id, DelaySeconds, MessageBody: Id });
  const mixed = await client.send(
    new SendMessageBatchCommand({ QueueUrl, Entries: [entry('good', 900), entry('bad', 901)] }),
  );
  expect(mixed.Successful?.map(({ Id }) => Id)).toEqual(['good']);
  expect(mixed.Failed).toMatchObject([{ Id: 'bad', Code: 'InvalidParameterValue', SenderFault: true }]);
  const allBad = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries: [entry('bad', 901)] }));
  expect(allBad.Failed).toHaveLength(1);
  expect(emulator.inspectQueue('q')?.messages.delayed).toHaveLength(1);
});

test('queues and messages outlive a restart on the same folder', async () => {
  const dataDir = temporaryFolder();
  const first = await startSqs(dataDir);
  await first.client.send(
    new SendMessageCommand({ QueueUrl: first.QueueUrl, MessageBody: 'now', MessageGroupId: 'o' }),
  );
  await first.client.send(
    new SendMessageCommand({ QueueUrl: first.QueueUrl, MessageBody: 'later', DelaySeconds: 900 }),
  );
  await first.emulator.stop();
  const second = await startSqs(dataDir);
  const kept = second.emulator.inspectQueue('q')?.messages;
  expect(kept?.ready.map(({ body }) => body)).toEqual(['now']);
  expect(kept?.ready[0]?.messageGroupId).toBe('o');
  expect(kept?.delayed.map(({ body }) => body)).toEqual(['later']);
});

test('a quiet group is served before the backlog of a busy one', async () => {
  const { client, QueueUrl } = await startSqs();
  const send = (MessageBody: string, MessageGroupId: string) =>
    client.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageGroupId }));
  for (let i = 0; i < 30; i += 1) await send(`busy ${i}`, 'busy');
  const receive = async () => {
    const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    return Messages?.map(({ Body }) => Body);
  };
  await receive();
  await send('quiet 0', 'quiet');
  await send('quiet 1', 'quiet');
  expect(await receive()).toEqual(['quiet 0', 'quiet 1', ...Array.from({ length: 8 }, (_, i) => `busy ${10 + i}`)]);
});

test('test queues are usable by the URLs given', async () => {
  const queues = await startTestQueues(['ticks', 'email']);
  cleanups.push(queues.stop);
  const client = new SQSClient(queues.clientConfig);
  await client.send(new SendMessageCommand({ QueueUrl: queues.urls.ticks, MessageBody: 'hello' }));
  const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl: queues.urls.ticks }));
  expect(Messages?.[0]?.Body).toBe('hello');
  client.destroy();
});
