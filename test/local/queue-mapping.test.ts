import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LocalStack } from '../../infra/local/stack/local-stack.ts';
import { createKeeper } from '../../infra/local/stack/visibility.ts';
import { eventually } from './eventually.ts';
import { prepareSample, readNotes, startSample } from './sample-stack.ts';

interface Note {
  readonly at: number;
  readonly bodies: string[];
  readonly first: { readonly messageId: string; readonly attributes: Record<string, string> };
}

const folders = prepareSample();
let stack: LocalStack;
let client: SQSClient;
beforeAll(async () => {
  stack = await startSample(folders);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  client = new SQSClient({ endpoint: stack.endpoints.sqs, region: 'us-east-1', credentials });
});
afterAll(async () => {
  client?.destroy();
  await stack?.stop();
  folders.remove();
});

const notesWith = (body: string) => readNotes<Note>(folders.notesFile).filter(({ bodies }) => bodies.includes(body));
const send = (MessageBody: string, DelaySeconds?: number, MessageGroupId = 'org') =>
  client.send(
    new SendMessageCommand({
      QueueUrl: stack.queueUrls.Queue,
      MessageBody,
      DelaySeconds,
      MessageGroupId,
      MessageAttributes: { kind: { DataType: 'String', StringValue: 'test' } },
    }),
  );
const deadLetters = async () => {
  const QueueUrl = stack.queueUrls.DeadLetters;
  const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 }));
  return Messages.map(({ Body }) => Body);
};
const isEmpty = async () => {
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: stack.queueUrls.Queue, AttributeNames: ['All'] }),
  );
  return Attributes.ApproximateNumberOfMessages === '0' && Attributes.ApproximateNumberOfMessagesNotVisible === '0';
};

test('a message arrives as an SQS record and is gone when the function is done', async () => {
  await send('plain');
  const [note] = await eventually('the message arrives', () => notesWith('plain').length > 0 && notesWith('plain'));
  expect(note?.first).toMatchObject({
    messageId: expect.any(String),
    receiptHandle: expect.any(String),
    body: 'plain',
    attributes: { ApproximateReceiveCount: '1', MessageGroupId: 'org', SentTimestamp: expect.any(String) },
    messageAttributes: { kind: { dataType: 'String', stringValue: 'test' } },
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:Queue',
    awsRegion: 'us-east-1',
  });
  await eventually('the queue is empty', isEmpty);
});

test('a delayed message arrives after its delay', async () => {
  const sentAt = Date.now();
  await send('delayed', 2);
  const [note] = await eventually('it arrives', () => notesWith('delayed').length > 0 && notesWith('delayed'));
  expect(note?.at).toBeGreaterThanOrEqual(sentAt + 2_000);
  expect(note?.at).toBeLessThan(sentAt + 4_000);
});

test('a delay of 901 s is refused', async () => {
  await expect(send('never', 901)).rejects.toThrow('DelaySeconds');
});

test('a reported failure comes back after the visibility timeout and ends in the DLQ; the rest of its batch does not', async () => {
  await Promise.all(['fail', 'good 1', 'good 2', 'good 3'].map((body) => send(body)));
  await eventually('it is in the DLQ', async () => (await deadLetters()).includes('fail'));
  expect(notesWith('fail')).toHaveLength(2);
  for (const body of ['good 1', 'good 2', 'good 3']) expect(notesWith(body)).toHaveLength(1);
});

test.for(['throw', 'malformed'])('a batch whose function answers "%s" comes back whole', async (body) => {
  await send(body);
  await eventually('it is tried again', () => notesWith(body).length === 2);
  await eventually('it is in the DLQ', async () => (await deadLetters()).includes(body));
});

test('messages of several groups are each given in a batch of their own group', async () => {
  const bodies = Array.from({ length: 40 }, (_, i) => `group ${i % 4} ${i}`);
  await Promise.all(bodies.map((body, i) => send(body, 1, `org ${i % 4}`)));
  const batches = () =>
    readNotes<Note>(folders.notesFile).filter(({ bodies: [body = ''] }) => body.startsWith('group'));
  await eventually('all arrive', () => batches().flatMap((note) => note.bodies).length >= bodies.length);
  const groups = batches().map((note) => new Set(note.bodies.map((body) => body.split(' ')[1])).size);
  expect(groups.every((size) => size === 1)).toBe(true);
});

test('five hundred messages are each delivered once', async () => {
  const bodies = Array.from({ length: 500 }, (_, i) => `bulk ${i}`);
  await Promise.all(bodies.map((body) => send(body)));
  const delivered = () => readNotes<Note>(folders.notesFile).flatMap((note) => note.bodies);
  const bulk = await eventually('all arrive', () => {
    const found = delivered().filter((body) => body.startsWith('bulk'));
    return found.length >= bodies.length && found;
  });
  expect(bulk.toSorted()).toEqual(bodies.toSorted());
});

test('a message is not received again while it is kept, and is after its visibility timeout when it is not', async () => {
  const create = new CreateQueueCommand({ QueueName: 'Kept', Attributes: { VisibilityTimeout: '1' } });
  const { QueueUrl } = await client.send(create);
  const receive = async () => {
    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 2 }));
    return Messages;
  };
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'waits' }));
  const keep = await createKeeper({ client, queueUrl: QueueUrl ?? '', log: () => {} });
  const endKeeping = keep(await receive());
  expect(await receive()).toEqual([]);
  endKeeping();
  expect(await receive()).toMatchObject([{ Body: 'waits' }]);
});
