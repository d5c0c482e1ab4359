import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
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

test('a redrive takes ticks back, also out of the request that Scheduler could not make, and leaves the rest', async () => {
  const { ticks: to = '', 'given-up': from = '' } = queues.urls;
  const tick = (key: string) => JSON.stringify({ conversation: 'c', key, organization: 'one' });
  const request = JSON.stringify({ QueueUrl: to, MessageBody: tick('inside') });
  for (const MessageBody of [tick('plain'), request, '{"DDBStreamBatchInfo":{}}', 'text']) {
    await sqs.send(new SendMessageCommand({ QueueUrl: from, MessageBody }));
  }
  const installation = { sqs, queueUrl: async () => to, deadLettersUrl: async () => from };
  expect(await redrive(installation as unknown as Installation, 'ticks')).toEqual({ moved: 2, left: 2 });
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: to,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ['MessageGroupId'],
    }),
  );
  expect(Messages.map(({ Body }) => Body).toSorted()).toEqual([tick('inside'), tick('plain')]);
  expect(Messages.map(({ Attributes }) => Attributes?.MessageGroupId)).toEqual(['one', 'one']);
});
