import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LocalStack } from '../../infra/local/stack/local-stack.ts';
import { createKeeper } from '../../infra/local/stack/visibility.ts';
import { prepareSample, startSample } from './sample-stack.ts';

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
