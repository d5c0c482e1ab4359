import { ConflictException, type CreateScheduleCommand, type SchedulerClient } from '@aws-sdk/client-scheduler';
import { callAws } from './faults.ts';
import { count, type History } from './history.ts';
import type { SimulatedQueue } from './queues.ts';
import type { Process, Scheduler } from './scheduler.ts';

const MINUTE_MS = 60_000;
const LATE_UP_TO_MS = 3_600_000;
/** Both tries of the client, until it gives up. */
const UNANSWERED_MS = 3_000;
const DELETED_WITHIN_MS = 120_000;

type Input = CreateScheduleCommand['input'];

/** EventBridge Scheduler: keeps a message until its moment, and sends it within a minute, as a rule. */
export interface SimulatedSchedules {
  /** Throws when one of this name is there, and for a moment that has passed. */
  keep(input: Input): void;
}

export function createSchedules(
  { scheduler, history }: { scheduler: Scheduler; history: History },
  target: () => SimulatedQueue,
): SimulatedSchedules {
  const { random } = scheduler;
  const names = new Set<string>();

  function fire(name: string, body: string): void {
    scheduler.log('schedule', name, 'fires');
    if (scheduler.fault('scheduleParked')) target().park(body);
    else target().put(body, 0);
    scheduler.at(scheduler.now() + random.below(DELETED_WITHIN_MS), () => names.delete(name));
  }

  return {
    keep({ Name = '', ScheduleExpression = '', Target }) {
      if (names.has(Name)) throw new ConflictException({ message: 'exists', Message: 'exists', $metadata: {} });
      const moment = Date.parse(`${ScheduleExpression.slice('at('.length, -1)}Z`);
      if (!(moment > scheduler.now())) throw new Error(`${ScheduleExpression} is no moment ahead.`);
      names.add(Name);
      count(history, 'scheduled');
      const late = random.below(scheduler.fault('scheduleLate') ? LATE_UP_TO_MS : MINUTE_MS);
      const body = Target?.Input ?? '';
      scheduler.at(moment + late, () => fire(Name, body));
      if (scheduler.fault('scheduleTwice')) {
        scheduler.at(moment + late + random.below(MINUTE_MS), () => fire(Name, body));
      }
    },
  };
}

/** The client of EventBridge Scheduler as one invocation has it. */
export function createSchedulesClient(
  scheduler: Scheduler,
  process: Process,
  schedules: SimulatedSchedules,
): SchedulerClient {
  const { random } = scheduler;
  const send = async ({ input }: CreateScheduleCommand): Promise<unknown> => {
    scheduler.log(process.name, `#${process.id}`, 'schedules', input.Name);
    if (!scheduler.fault('scheduleFailure')) {
      return callAws(scheduler, process, { execute: async () => schedules.keep(input) });
    }
    await process.pause();
    if (random.chance(0.4)) throw new Error('The schedules are full.');
    if (random.chance(0.5)) schedules.keep(input);
    await process.pause(UNANSWERED_MS);
    throw new Error('The scheduler does not answer.');
  };
  return { send } as unknown as SchedulerClient;
}
