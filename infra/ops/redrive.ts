/**
 * `npm run redrive -- --queue <name> [--stage <stage>]`: sends what a DLQ holds back to its queue. What the table's
 * stream left there names a shard and no message; it stays.
 */
import { parseArgs } from 'node:util';
import { DeleteMessageCommand, type Message, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { QueueName } from '../stages.ts';
import { findInstallation, type Installation, toQueueName } from './installation.ts';

const HIDDEN_SECONDS = 60;
const EMPTY_RECEIVES = 2;

/** Moves all but notes of the stream and what is no JSON; answers how many went back and how many stay. */
export async function redrive(
  { sqs, queueUrl, deadLettersUrl }: Installation,
  queue: QueueName,
): Promise<{ moved: number; left: number }> {
  const [from, to] = await Promise.all([deadLettersUrl(queue), queueUrl(queue)]);
  const count = { moved: 0, left: 0 };
  for (let empty = 0; empty < EMPTY_RECEIVES; ) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: from,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1,
        VisibilityTimeout: HIDDEN_SECONDS,
        MessageSystemAttributeNames: ['MessageGroupId'],
      }),
    );
    empty = Messages.length === 0 ? empty + 1 : 0;
    for (const message of Messages) {
      const moved = await sendBack({ sqs, from, to }, message);
      if (moved) count.moved += 1;
      else count.left += 1;
    }
  }
  return count;
}

async function sendBack(
  { sqs, from, to }: { sqs: Installation['sqs']; from: string; to: string },
  { Body = '', ReceiptHandle, Attributes }: Message,
): Promise<boolean> {
  const message = messageIn(Body);
  if (!message) return false;
  const MessageGroupId = Attributes?.MessageGroupId ?? message.group;
  await sqs.send(new SendMessageCommand({ QueueUrl: to, MessageBody: message.body, MessageGroupId }));
  await sqs.send(new DeleteMessageCommand({ QueueUrl: from, ReceiptHandle }));
  return true;
}

/**
 * What is to go back, and its organization, which is on itself or on the messages it names; what came from outside may
 * have none. EventBridge Scheduler may leave the request that it could not make: then the message is inside.
 */
function messageIn(body: string): { body: string; group: string | undefined } | undefined {
  try {
    const { organization, messages, MessageBody, DDBStreamBatchInfo } = JSON.parse(body);
    if (typeof MessageBody === 'string') return messageIn(MessageBody);
    return DDBStreamBatchInfo ? undefined : { body, group: organization ?? messages?.[0]?.organization };
  } catch {
    return undefined;
  }
}

async function main(): Promise<string> {
  const { values } = parseArgs({ options: { queue: { type: 'string' }, stage: { type: 'string' } } });
  const queue = toQueueName(values.queue);
  const found = await findInstallation({ ...values, port: process.env.PORT ?? '3000' });
  const { moved, left } = await redrive(found, queue);
  return `${moved} messages went back to ${queue}; ${left} stay in its DLQ.`;
}

if (import.meta.main) {
  await main().then(console.log, (error: Error) => {
    console.error(error.message);
    process.exit(1);
  });
}
