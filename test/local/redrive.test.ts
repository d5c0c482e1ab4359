import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Installation } from '../../infra/ops/installation.ts';
import { redrive } from '../../infra/ops/redrive.ts';
import { startTestQueues, type TestQueues } from '../support/emulators.ts';

let queues: TestQueues;
let sqs: SQSClient;
beforeAll(async () => {
  queues = await startTestQueues(['ticks', 'given-up']);
  sqs = new SQSClient(queues.clientConfig);
});
afterAll(async () => {
  sqs?.destroy();
  await queues?.stop();
});

async function redriven(messages: readonly { MessageBody: string; MessageGroupId?: string }[]) {
  const { ticks: to = '', 'given-up': from = '' } = queues.urls;
  for (const message of messages) await sqs.send(new SendMessageCommand({ QueueUrl: from, ...message }));
  const installation = { sqs, queueUrl: async () => to, deadLettersUrl: async () => from };
  const count = await redrive(installation as unknown as Installation, 'ticks');
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: to,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ['MessageGroupId'],
    }),
  );
  const arrived = Messages.map(({ Body = '', Attributes }) => [Body, Attributes?.MessageGroupId]);
  for (const { ReceiptHandle } of Messages) await sqs.send(new DeleteMessageCommand({ QueueUrl: to, ReceiptHandle }));
  return { ...count, arrived: new Map(arrived as [string, string | undefined][]) };
}

test('a redrive takes ticks back, also out of the request that Scheduler could not make, and leaves the rest', async () => {
  const tick = (key: string) => JSON.stringify({ conversation: 'c', key, organization: 'one' });
  const request = JSON.stringify({ QueueUrl: queues.urls.ticks, MessageBody: tick('inside') });
  const bodies = [tick('plain'), request, '{"DDBStreamBatchInfo":{}}', 'text'];
  expect(await redriven(bodies.map((MessageBody) => ({ MessageBody })))).toEqual({
    moved: 2,
    left: 2,
    arrived: new Map([
      [tick('plain'), 'one'],
      [tick('inside'), 'one'],
    ]),
  });
});

test('a redrive takes back what names no organization, in the group that it was in', async () => {
  const event = '{"source":"aws.ses","detail":{}}';
  const told = '{"bus":{"organization":"one"}}';
  const upload = '{"import":{"key":"imports/one/people.csv","from":7}}';
  const messages = [
    { MessageBody: event, MessageGroupId: 'ses' },
    { MessageBody: told, MessageGroupId: 'one' },
    { MessageBody: upload },
  ];
  expect(await redriven(messages)).toEqual({
    moved: 3,
    left: 0,
    arrived: new Map([
      [event, 'ses'],
      [told, 'one'],
      [upload, undefined],
    ]),
  });
});
