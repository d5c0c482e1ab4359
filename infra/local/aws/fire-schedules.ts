import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { arnOf, clientConfig } from '../stack/identity.ts';
import type { Schedule, ScheduleStore } from './schedule-store.ts';

export interface FiringOptions {
  readonly schedules: ScheduleStore;
  readonly sqsEndpoint: string;
  /** By queue name. */
  readonly queueUrls: Readonly<Record<string, string>>;
  log(line: string): void;
}

const LOOK_EVERY_MS = 200;

/**
 * Sends what a schedule holds when its moment comes, or at once if it came while nothing ran; a schedule is forgotten only
 * when its queue took it, so one that is killed in between fires twice, as one on AWS may.
 */
export function fireSchedules({ schedules, sqsEndpoint, queueUrls, log }: FiringOptions) {
  const client = new SQSClient(clientConfig(sqsEndpoint));
  let looking: Promise<void> = Promise.resolve();
  let busy = false;

  const urlOf = (arn: string | undefined) =>
    Object.entries(queueUrls).find(([name]) => arnOf('sqs', name) === arn)?.[1];

  async function fire(schedule: Schedule): Promise<void> {
    const { Name, GroupName, Target } = schedule;
    const QueueUrl = urlOf(Target.Arn) ?? urlOf(Target.DeadLetterConfig?.Arn);
    if (QueueUrl) await client.send(new SendMessageCommand({ QueueUrl, MessageBody: Target.Input }));
    else log(`The schedule ${Name} fired for ${Target.Arn}, which does not exist.`);
    schedules.remove(GroupName, Name);
  }

  async function look(): Promise<void> {
    const due = schedules.due(Date.now());
    await Promise.all(
      due.map((schedule) =>
        fire(schedule).catch((error) => log(`The schedule ${schedule.Name} could not fire and tries again: ${error}`)),
      ),
    );
  }

  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    looking = look().finally(() => {
      busy = false;
    });
  }, LOOK_EVERY_MS);

  return {
    async stop() {
      clearInterval(timer);
      await looking;
      client.destroy();
    },
  };
}
