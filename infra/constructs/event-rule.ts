import { type EventPattern, type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { QueueFunction } from './queue-function.ts';

export interface EventRuleProps {
  readonly eventPattern: EventPattern;
  /** Whose queue the events go to; what the queue does not take goes to its DLQ. */
  readonly to: QueueFunction;
  /** Message group of all that comes by this rule. */
  readonly group: string;
  /** Default: the account's default bus. */
  readonly eventBus?: IEventBus;
}

/** Leads events of a bus to a function's queue, which takes from EventBridge what comes by this rule. */
export function addRule(scope: Construct, name: string, { to, group, ...pattern }: EventRuleProps): void {
  const rule = new Rule(scope, name, pattern);
  rule.addTarget({
    bind: () => ({
      arn: to.queue.queueArn,
      sqsParameters: { messageGroupId: group },
      deadLetterConfig: { arn: to.deadLetters.queueArn },
    }),
  });
  for (const queue of [to.queue, to.deadLetters]) letSend(queue, rule.ruleArn);
}

/** Lets a rule send to a queue, and no other. */
export function letSend(queue: Queue, ruleArn: string): void {
  queue.addToResourcePolicy(
    new PolicyStatement({
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      principals: [new ServicePrincipal('events.amazonaws.com')],
      conditions: { ArnEquals: { 'aws:SourceArn': ruleArn } },
    }),
  );
}
