import { ConflictException, CreateScheduleCommand, type SchedulerClient } from '@aws-sdk/client-scheduler';
import type { Tick } from '../contracts/queue-messages.ts';

/** Keeps ticks for longer than a queue can. */
export interface Scheduler {
  /**
   * Sends the tick at a moment (epoch milliseconds, cut to the second), which must lie ahead; EventBridge Scheduler may
   * be up to a minute late. The same tick for the same moment is kept once. Throws what the service answered otherwise.
   */
  at(tick: Tick, moment: number): Promise<void>;
}

export interface ScheduleSettings {
  readonly groupName: string;
  /** What the service may do when the moment comes: send to the two queues below. */
  readonly roleArn: string;
  readonly queueArn: string;
  /** Gets the tick if the queue does not take it within a day. */
  readonly deadLettersArn: string;
}

/**
 * One-time schedules that delete themselves. They name no message group: the service documents `SqsParameters` for FIFO
 * queues only.
 */
export function createScheduler(client: SchedulerClient, settings: ScheduleSettings): Scheduler {
  const { groupName, roleArn, queueArn, deadLettersArn } = settings;
  return {
    async at(tick, moment) {
      const command = new CreateScheduleCommand({
        GroupName: groupName,
        Name: scheduleName(tick, moment),
        ScheduleExpression: `at(${new Date(moment).toISOString().slice(0, 19)})`,
        ScheduleExpressionTimezone: 'UTC',
        FlexibleTimeWindow: { Mode: 'OFF' },
        ActionAfterCompletion: 'DELETE',
        Target: {
          Arn: queueArn,
          RoleArn: roleArn,
          Input: JSON.stringify(tick),
          DeadLetterConfig: { Arn: deadLettersArn },
        },
      });
      try {
        await client.send(command);
      } catch (error) {
        if (!(error instanceof ConflictException)) throw error;
      }
    },
  };
}

/**
 * At most 64 letters, digits, dots, hyphens and underscores. The second is part of it: a schedule that has fired is
 * deleted a while later, and must not stand for another moment of the same message.
 */
export const scheduleName = ({ conversation, key }: Tick, moment: number): string =>
  `${conversation}.${key.replaceAll('#', '-')}.${Math.floor(moment / 1000)}`;
