import { randomUUID } from 'node:crypto';
import { arnOf } from './identity.ts';
import type { QueueTarget, SendTo } from './queue-targets.ts';
import type { Resources } from './resources.ts';

interface TopicProperties {
  readonly TopicName?: string;
}
interface SubscriptionProperties {
  readonly TopicArn: string;
  readonly Protocol: string;
  readonly Endpoint: string;
  readonly RawMessageDelivery?: boolean;
}
interface Subscription {
  readonly topicArn: string;
  readonly isRaw: boolean;
  readonly queue: QueueTarget;
}

/** The topics of the template, each with its queues. Throws for a subscriber that is no queue. */
export function createTopics(resources: Resources, sendTo: SendTo) {
  for (const { logicalId, properties, created } of resources.ofType<TopicProperties>('AWS::SNS::Topic')) {
    const { TopicName = logicalId } = properties;
    created({ ref: arnOf('sns', TopicName), attributes: { TopicName, TopicArn: arnOf('sns', TopicName) } });
  }
  const subscriptions = resources.ofType<SubscriptionProperties>('AWS::SNS::Subscription').map(subscriptionOf);

  function subscriptionOf({ logicalId, properties }: { logicalId: string; properties: SubscriptionProperties }) {
    const { TopicArn: topicArn, Protocol, Endpoint, RawMessageDelivery: isRaw = false } = properties;
    if (Protocol !== 'sqs') throw new Error(`The local run does not know the protocol ${Protocol} (${logicalId}).`);
    return { topicArn, isRaw, queue: sendTo(Endpoint) } satisfies Subscription;
  }

  /** To every queue of every topic: who publishes here has no ARN to name. */
  return async (message: string): Promise<void> => {
    await Promise.all(
      subscriptions.map(({ topicArn, isRaw, queue }) => queue.send(isRaw ? message : envelope(topicArn, message))),
    );
  };
}

const envelope = (TopicArn: string, Message: string): string =>
  JSON.stringify({
    Type: 'Notification',
    MessageId: randomUUID(),
    TopicArn,
    Message,
    Timestamp: new Date().toISOString(),
    SignatureVersion: '1',
  });
