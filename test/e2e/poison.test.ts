import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findInstallation, type Installation } from '../../infra/ops/installation.ts';
import { redrive } from '../../infra/ops/redrive.ts';
import { skip } from '../../infra/ops/skip.ts';
import { QUEUES } from '../../infra/stages.ts';
import { messageKey } from '../../shared/store/keys.ts';
import { locateMessage } from '../../shared/store/messages.ts';
import { type Client, startClient } from '../support/overture.ts';
import { until } from '../support/poll.ts';

let client: Client;
let installation: Installation;
beforeAll(async () => {
  client = await startClient();
  installation = await findInstallation({ port: new URL(client.overture.url).port });
});
afterAll(() => client?.stop());

const start = async (email: string, delay: number): Promise<string[]> => {
  const { body } = await client.post('/v2/conversations', {
    organization: '6663a1f684ba342816c4b7c4',
    type: 'contact',
    contact: { profile: { email } },
    messages: [
      { text: 'first', touchpoint: 'email', role: 'agent', delay },
      { text: 'second', role: 'agent', delay },
    ],
  });
  return body.messages;
};

/** Makes a stored message one that this version cannot read, as a bad deployment would leave it; or mends it. */
async function setTouchpoint(message: string, touchpoint: string): Promise<void> {
  const { table } = client.overture;
  const place = await locateMessage(table, message);
  if (!place) throw new Error(`no message ${message}`);
  await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: messageKey(place.conversation, place.key),
      UpdateExpression: 'SET touchpoint = :touchpoint',
      ExpressionAttributeValues: { ':touchpoint': touchpoint },
    }),
  );
}

const deadLetters = async (): Promise<number> => {
  const { Attributes } = await installation.sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: await installation.deadLettersUrl('ticks'),
      AttributeNames: ['ApproximateNumberOfMessages'],
    }),
  );
  return Number(Attributes?.ApproximateNumberOfMessages);
};

it.concurrent('has a queue and a DLQ of every name that a redrive can be asked for', async () => {
  const urls = await Promise.all(
    QUEUES.flatMap((queue) => [installation.queueUrl(queue), installation.deadLettersUrl(queue)]),
  );
  expect(new Set(urls).size).toBe(2 * QUEUES.length);
});

it.concurrent('parks the conversation of a poisoned message in the DLQ while others go on, and a redrive brings it back', {
  timeout: 150_000,
}, async () => {
  const poisoned = await start('poisoned@example.com', 5000);
  await setTouchpoint(poisoned[0] ?? '', 'fax');
  await start('healthy@example.com', 5000);
  await client.delivered('healthy@example.com', 2);
  await until('the ticks are in the DLQ', async () => (await deadLetters()) >= 2, { withinMs: 90_000 });
  expect(await client.outbox('poisoned@example.com')).toEqual([]);

  await setTouchpoint(poisoned[0] ?? '', 'email');
  const { moved, left } = await redrive(installation, 'ticks');
  expect(moved).toBeGreaterThanOrEqual(2);
  expect(left).toBe(0);
  const emails = await client.delivered('poisoned@example.com', 2);
  expect(emails.map(({ messageId }) => messageId)).toEqual(poisoned);
});

it.concurrent('gives up a message that cannot go on, and sends what waits behind it', { timeout: 60_000 }, async () => {
  await client.fault({
    provider: 'ses',
    behaviour: '429',
    times: 50,
    match: { text: 'first', to: 'given-up@example.com' },
  });
  const [first = '', second = ''] = await start('given-up@example.com', 0);
  await until('the first message was refused', async () => {
    const { delivery } = (await client.get(`/v2/messages/${first}`)).body;
    return delivery.error?.class === 'throttled';
  });
  await until("it is in nobody's hands", () =>
    skip(installation, first).then(
      () => true,
      () => false,
    ),
  );
  const [email] = await client.delivered('given-up@example.com', 1);
  expect(email?.messageId).toBe(second);
  const { delivery } = (await client.get(`/v2/messages/${first}`)).body;
  expect(delivery).toMatchObject({ status: 'failed', error: { code: 'skipped' } });
  await expect(skip(installation, second)).rejects.toThrow('there is nothing to skip');
});
