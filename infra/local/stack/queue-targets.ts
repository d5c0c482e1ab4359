import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { arnOf, clientConfig } from './identity.ts';

/** A queue that another service sends to. */
export interface QueueTarget {
  send(body: string): Promise<void>;
}

/** Throws for an ARN that is no queue of the assembly. */
export type SendTo = (queueArn: string, group?: string) => QueueTarget;

export function createQueueTargets(endpoint: string, queueUrls: Readonly<Record<string, string>>) {
  const client = new SQSClient(clientConfig(endpoint));
  const to: SendTo = (queueArn, group) => {
    const QueueUrl = Object.entries(queueUrls).find(([name]) => arnOf('sqs', name) === queueArn)?.[1];
    if (QueueUrl === undefined) throw new Error(`The local run sends to queues only, not to ${queueArn}.`);
    return {
      async send(MessageBody) {
        const MessageGroupId = group && { MessageGroupId: group };
        await client.send(new SendMessageCommand({ QueueUrl, MessageBody, ...MessageGroupId }));
      },
    };
  };
  return { to, stop: async () => client.destroy() };
}
