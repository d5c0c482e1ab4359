import { Duration } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { QueueName } from '../stages.ts';
import { addAlarm } from './alarm.ts';
import { NodeFunction, type NodeFunctionProps } from './node-function.ts';

export interface QueueFunctionProps extends NodeFunctionProps {
  readonly queue: QueueName;
  /**
   * Alarm when a message waits longer than this. Only for queues without delayed messages: the age of those grows
   * while they wait as they should.
   */
  readonly maxAgeSeconds?: number;
}

/** A queue, the function that empties it, and the DLQ that keeps what it cannot: with the alarms that tell. */
export class QueueFunction extends NodeFunction {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: QueueFunctionProps) {
    super(scope, id, props);
    const { settings, errorImpact } = props;
    const common = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true };
    this.deadLetters = new Queue(this, 'DeadLetters', { ...common, retentionPeriod: Duration.days(14) });
    this.queue = new Queue(this, 'Queue', {
      ...common,
      // Less than the DLQ's: a message keeps its age when it moves there.
      retentionPeriod: Duration.days(4),
      visibilityTimeout: Duration.seconds(settings.queueVisibilitySeconds),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: settings.maxReceiveCount },
    });
    this.lambda.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: 10,
        maxConcurrency: settings.maxConcurrency[props.queue],
        reportBatchItemFailures: true,
      }),
    );
    addAlarm(this, 'DeadLettersPresent', {
      metric: this.deadLetters.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(1),
        statistic: 'Maximum',
      }),
      above: 0,
      errorImpact: `Messages of the queue ${props.queue} were given up and wait in its DLQ. ${errorImpact}`,
    });
    if (props.maxAgeSeconds === undefined) return;
    addAlarm(this, 'OldestMessage', {
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1), statistic: 'Maximum' }),
      above: props.maxAgeSeconds,
      periods: { breaching: 3, of: 5 },
      errorImpact: `The queue ${props.queue} is behind by more than ${props.maxAgeSeconds} s. ${errorImpact}`,
    });
  }
}
