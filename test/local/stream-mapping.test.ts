import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LocalStack } from '../../infra/local/stack/local-stack.ts';
import { createFilter } from '../../infra/local/stack/stream-filter.ts';
import { eventually } from './eventually.ts';
import { prepareSample, readNotes, startSample } from './sample-stack.ts';

interface Note {
  readonly keys: string[];
  readonly first: Record<string, unknown>;
}

const folders = prepareSample();
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
let stack: LocalStack;
const start = async () => {
  stack = await startSample(folders);
};
beforeAll(start);
afterAll(async () => {
  await stack?.stop();
  folders.remove();
});

const notes = () => readNotes<Note>(folders.notesFile);
const delivered = () => notes().flatMap(({ keys }) => keys);
async function put(sk: string, more: Record<string, { S: string } | { B: Uint8Array }> = {}) {
  const client = new DynamoDBClient({ endpoint: stack.endpoints.dynamodb, region: 'us-east-1', credentials });
  const Item = { pk: { S: 'C#1' }, sk: { S: sk }, ...more };
  await client.send(new PutItemCommand({ TableName: stack.tableNames[0], Item }));
  client.destroy();
}

test('only what the filter lets through is delivered, as a stream record', async () => {
  await put('@');
  await put('M#1', { bytes: { B: new Uint8Array([1, 2]) } });
  await put('M#1');
  await put('M#2');
  await eventually('both inserts arrive', () => delivered().includes('M#2'));
  expect(delivered()).toEqual(['M#1', 'M#2']);
  expect(notes()[0]?.first).toMatchObject({
    eventName: 'INSERT',
    eventSource: 'aws:dynamodb',
    eventSourceARN: expect.stringContaining('/stream/'),
    dynamodb: {
      ApproximateCreationDateTime: expect.any(Number),
      Keys: { pk: { S: 'C#1' }, sk: { S: 'M#1' } },
      NewImage: { bytes: { B: 'AQI=' } },
      SequenceNumber: expect.any(String),
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
  });
});

test('a restart goes on where the last run stopped', async () => {
  await stack.stop();
  await start();
  await put('M#3');
  await eventually('the new one arrives', () => delivered().includes('M#3'));
  expect(delivered()).toEqual(['M#1', 'M#2', 'M#3']);
});

test('a poisoned record is split off, given up after its retries, noted in the DLQ, and passed', async () => {
  await Promise.all(['M#4', 'M#5', 'M#6'].map((sk) => put(sk, sk === 'M#5' ? { poison: { S: 'yes' } } : {})));
  await put('M#7');
  await eventually('the last one arrives', () => delivered().includes('M#7'));
  const client = new SQSClient({ endpoint: stack.endpoints.sqs, region: 'us-east-1', credentials });
  const note = await eventually('the note is in the DLQ', async () => {
    const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl: stack.queueUrls.DeadLetters }));
    return Messages?.[0]?.Body;
  });
  client.destroy();
  expect(JSON.parse(note)).toMatchObject({
    requestContext: { condition: 'RetryAttemptsExhausted', functionArn: expect.stringContaining('StreamFunction') },
    DDBStreamBatchInfo: { batchSize: 1 },
  });
  const alone = notes().filter(({ keys }) => keys.length === 1 && keys[0] === 'M#5');
  expect(alone.length).toBeGreaterThanOrEqual(2);
});

test('a filter of several patterns passes what fits any of them', () => {
  const passes = createFilter({
    Filters: [{ Pattern: '{"eventName":["REMOVE"]}' }, { Pattern: '{"dynamodb":{"Keys":{"sk":{"S":["@"]}}}}' }],
  });
  expect(passes({ eventName: 'REMOVE' })).toBe(true);
  expect(passes({ eventName: 'INSERT', dynamodb: { Keys: { sk: { S: '@' } } } })).toBe(true);
  expect(passes({ eventName: 'INSERT', dynamodb: { Keys: { sk: { S: 'M#' } } } })).toBe(false);
});

test('a filter rule that is not known is refused by name', () => {
  const criteria = { Filters: [{ Pattern: '{"eventName":[{"anything-but":["INSERT"]}]}' }] };
  expect(() => createFilter(criteria)).toThrow('anything-but');
});
