import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Stage } from '../stages.ts';
import type { QueueFunction } from './queue-function.ts';

export interface SchedulesProps {
  readonly stage: Stage;
  /** Whose queue the schedules send to; what the queue does not take goes to its DLQ. */
  readonly to: QueueFunction;
}

/**
 * Where messages wait that a queue cannot delay as long: a group for one-time schedules, made while the system runs, and
 * what EventBridge Scheduler may do when one fires.
 */
export class Schedules extends Construct {
  readonly groupName: string;
  readonly role: Role;
  readonly queue: IQueue;
  readonly deadLetters: IQueue;

  constructor(scope: Construct, id: string, props: SchedulesProps) {
    super(scope, id);
    this.queue = props.to.queue;
    this.deadLetters = props.to.deadLetters;
    this.groupName = `overture-${props.stage}`;
    // As the queue with the other ticks, the group goes when its stack goes.
    new ScheduleGroup(this, 'Group', { scheduleGroupName: this.groupName, removalPolicy: RemovalPolicy.DESTROY });
    const conditions = { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } };
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('scheduler.amazonaws.com', { conditions }) });
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ['sqs:SendMessage'],
        resources: [this.queue.queueArn, this.deadLetters.queueArn],
      }),
    );
  }
}
