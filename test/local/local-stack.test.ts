import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, expect, test } from 'vitest';
import type { LocalStack, LocalStackOptions } from '../../infra/local/stack/local-stack.ts';
import { eventually } from './eventually.ts';
import { serviceResources } from './fixtures/sample-assembly.ts';
import { prepareSample, readNotes, type SampleFolders, startSample } from './sample-stack.ts';

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const cleanups: Array<() => unknown> = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});
const config = (endpoint: string) => ({ endpoint, region: 'us-east-1', credentials });
const dynamodb = (endpoint: string) => new DynamoDBClient(config(endpoint));
const sqs = (endpoint: string) => new SQSClient(config(endpoint));
async function attributesIn({ endpoints, queueUrls }: LocalStack) {
  const wanted = { QueueUrl: queueUrls.Queue, AttributeNames: ['All' as const] };
  return (await sqs(endpoints.sqs).send(new GetQueueAttributesCommand(wanted))).Attributes ?? {};
}
const delayedIn = async (stack: LocalStack) => (await attributesIn(stack)).ApproximateNumberOfMessagesDelayed;
function prepare(more?: Parameters<typeof prepareSample>[0]): SampleFolders {
  const folders = prepareSample(more);
  cleanups.push(folders.remove);
  return folders;
}
async function start(folders: SampleFolders, options?: Partial<LocalStackOptions>): Promise<LocalStack> {
  const stack = await startSample(folders, options);
  cleanups.push(stack.stop);
  return stack;
}

test('a restart on the same folder keeps rows, messages and secrets', async () => {
  const folders = prepare();
  const Key = { pk: { S: 'C#1' }, sk: { S: '@' } };
  const first = await start(folders);
  const config = (endpoint: string) => ({ endpoint, region: 'us-east-1', credentials });
  await new DynamoDBClient(config(first.endpoints.dynamodb)).send(
    new PutItemCommand({ TableName: 'Table', Item: Key }),
  );
  const message = { QueueUrl: first.queueUrls.Queue, MessageBody: 'later', DelaySeconds: 900 };
  await sqs(first.endpoints.sqs).send(new SendMessageCommand(message));
  const given = first.putSecret('overture/local/sms/one', 'given');
  const secrets = [first.getSecret('Key'), first.getSecret(given)];
  await first.stop();

  const second = await start(folders);
  const { Item } = await dynamodb(second.endpoints.dynamodb).send(new GetItemCommand({ TableName: 'Table', Key }));
  expect(Item).toEqual(Key);
  expect(await delayedIn(second)).toBe('1');
  expect([second.getSecret('Key'), second.getSecret(given)]).toEqual(secrets);
});

test('nothing is lost and nothing left behind when the run is killed with SIGKILL', async () => {
  const folders = prepare();
  const held = spawn(process.execPath, [
    join(import.meta.dirname, 'fixtures/hold-stack.ts'),
    folders.assemblyDir,
    folders.dataDir,
  ]);
  const [line] = await once(held.stdout, 'data');
  const { endpoints, queueUrls } = JSON.parse(line) as LocalStack;
  const Item = { pk: { S: 'C#1' }, sk: { S: '@' } };
  await dynamodb(endpoints.dynamodb).send(new PutItemCommand({ TableName: 'Table', Item }));
  const message = { QueueUrl: queueUrls.Queue, MessageBody: 'later', DelaySeconds: 900 };
  await sqs(endpoints.sqs).send(new SendMessageCommand(message));
  held.kill('SIGKILL');
  await eventually('its DynamoDB ends', () =>
    fetch(endpoints.dynamodb).then(
      () => false,
      () => true,
    ),
  );

  const stack = await start(folders);
  const { Count } = await dynamodb(stack.endpoints.dynamodb).send(new ScanCommand({ TableName: 'Table' }));
  expect(Count).toBe(1);
  expect(await delayedIn(stack)).toBe('1');
});

test('a batching window gathers messages that come one after the other', async () => {
  const { Properties } = serviceResources('').QueueSource ?? {};
  const folders = prepare({
    Queue: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 10 } },
    QueueSource: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { ...Properties, MaximumBatchingWindowInSeconds: 1 },
    },
  });
  const stack = await start(folders);
  const client = sqs(stack.endpoints.sqs);
  for (const MessageBody of ['1', '2', '3']) {
    await client.send(new SendMessageCommand({ QueueUrl: stack.queueUrls.Queue, MessageBody }));
  }
  const notes = await eventually('the batch arrives', () => {
    const found = readNotes<{ bodies: string[] }>(folders.notesFile);
    return found.length > 0 && found;
  });
  expect(notes[0]?.bodies).toEqual(['1', '2', '3']);
});

test('a kept queue takes the attributes of a changed template', async () => {
  const folders = prepare();
  const first = await start(folders);
  await first.stop();
  const changed = prepare({ Queue: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 9 } } });
  const second = await start({ ...changed, dataDir: folders.dataDir });
  expect((await attributesIn(second)).VisibilityTimeout).toBe('9');
});

test('a function’s call that its role does not allow fails before it leaves, and says what is missing', async () => {
  const denied = async (more: Parameters<typeof prepare>[0]) => {
    const stack = await start(prepare(more));
    return (await fetch(`${stack.url}/v2/why-no-secret`)).text();
  };
  const withoutPolicy = { RolePolicy: { Type: 'AWS::SQS::Queue' } };
  expect(await denied(withoutPolicy)).toMatch(
    /^AccessDeniedException: HttpFunction is not allowed to secretsmanager:GetSecretValue on arn:aws:secretsmanager:/,
  );
  expect(await denied({})).toBe('');
});

test('a preset secret wins over a generated one', async () => {
  const stack = await start(prepare(), { secrets: { Key: 'preset' } });
  expect(await (await fetch(`${stack.url}/v2/secret`)).text()).toBe('preset');
});

test('it is ready within a second and a half, and gone at once', async () => {
  const began = performance.now();
  const stack = await start(prepare());
  expect(performance.now() - began).toBeLessThan(1_500);
  const stopping = performance.now();
  await Promise.all([stack.stop(), stack.stop()]);
  expect(performance.now() - stopping).toBeLessThan(1_500);
  await expect(fetch(stack.url)).rejects.toThrow();
});

test.for([
  ['a resource type', { Type: 'AWS::StepFunctions::StateMachine' }, 'AWS::StepFunctions::StateMachine'],
  [
    'a schedule',
    { Type: 'AWS::Events::Rule', Properties: { ScheduleExpression: 'rate(1 hour)' } },
    'AWS::Events::Rule',
  ],
  [
    'a property',
    { Type: 'AWS::ApiGatewayV2::Api', Properties: { CorsConfiguration: { AllowOrigins: ['*'] } } },
    'CorsConfiguration',
  ],
  ['a function', { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::Base64': 'x' } } }, 'Fn::Base64'],
  ['a reference to nothing', { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'Nobody' } } }, 'Nobody'],
] as const)('%s that is not known is refused by name', async ([, resource, name]) => {
  const folders = prepare({ Strange: resource });
  await expect(startSample(folders)).rejects.toThrow(name);
});

test('a taken port is one clear sentence', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  cleanups.push(() => holder.close());
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  await expect(startSample(prepare(), { port })).rejects.toThrow(`Port ${port} is taken: set PORT to another one.`);
});
