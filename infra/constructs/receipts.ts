import { Stack } from 'aws-cdk-lib';
import { type EventPattern, Match } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { addRule } from './event-rule.ts';
import type { QueueFunction } from './queue-function.ts';

/** Of `aws.ses`, what follows a mail that was sent. Source: EventBridge event reference, "Amazon SES events". */
const SES_DETAIL_TYPES = [
  'Email Sent',
  'Email Delivered',
  'Email Delivery Delayed',
  'Email Bounced',
  'Email Complaint Received',
  'Email Rejected',
  'Email Rendering Failed',
  'Email Opened',
  'Email Clicked',
  'Email Subscribed',
];

export interface ReceiptsProps {
  /** Whose queue the events go to; what the queue does not take from EventBridge goes to its DLQ. */
  readonly to: QueueFunction;
  /** Where mails arrive; tells EventBridge of each. */
  readonly mail: IBucket;
}

/**
 * What AWS's own services report, led to one queue: events of the account's default bus by rules, and texts that people
 * send to numbers of AWS End User Messaging by a topic. A flood from one source does not hold up the others: each has a
 * message group, the same for all organizations, because a rule cannot take it from the event.
 */
export class Receipts extends Construct {
  /** Operators name it at numbers with two-way SMS, and as event destination of configuration sets and WABAs. */
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { to, mail }: ReceiptsProps) {
    super(scope, id);
    const patterns: Readonly<Record<string, EventPattern>> = {
      Ses: { source: ['aws.ses'], detailType: SES_DETAIL_TYPES },
      Sms: { source: ['aws.sms-voice'], detailType: ['Text Message Delivery Status Updated'] },
      Social: { source: ['aws.social-messaging'], detailType: Match.prefix('WhatsApp ') },
      Mail: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { bucket: { name: [mail.bucketName] } },
      },
    };
    for (const [name, eventPattern] of Object.entries(patterns)) {
      addRule(this, name, { eventPattern, to, group: name.toLowerCase() });
    }
    this.topic = new Topic(this, 'Topic', { enforceSSL: true });
    this.topic.addToResourcePolicy(letPublish(this.topic));
    this.topic.addSubscription(new SqsSubscription(to.queue));
  }
}

/** The two halves of AWS End User Messaging, for this account's own numbers only. */
function letPublish(topic: Topic): PolicyStatement {
  return new PolicyStatement({
    actions: ['sns:Publish'],
    resources: [topic.topicArn],
    principals: [
      new ServicePrincipal('sms-voice.amazonaws.com'),
      new ServicePrincipal('social-messaging.amazonaws.com'),
    ],
    conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(topic).account } },
  });
}
