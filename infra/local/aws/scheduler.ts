import { arnOf } from '../stack/identity.ts';
import { type Answer, refusal } from './answer.ts';
import type { Schedule, ScheduleStore } from './schedule-store.ts';

export interface SchedulerRequest {
  readonly method: string;
  readonly url: URL;
  /** The body of a request to create a schedule. */
  readonly body: string;
}

type Asked = Partial<Omit<Schedule, 'Target'>> & {
  readonly ActionAfterCompletion?: string;
  readonly FlexibleTimeWindow?: { readonly Mode?: string };
  readonly ScheduleExpressionTimezone?: string;
  readonly Target?: Partial<Schedule['Target']>;
};

/** EventBridge Scheduler's CreateSchedule, GetSchedule and DeleteSchedule; undefined for any other request. */
export function answerScheduler({ method, url, body }: SchedulerRequest, store: ScheduleStore): Answer | undefined {
  const encoded = /^\/schedules\/([^/]+)$/.exec(url.pathname)?.[1];
  if (encoded === undefined) return undefined;
  const name = decodeURIComponent(encoded);
  if (method === 'POST') return createSchedule(store, name, JSON.parse(body));
  const group = url.searchParams.get('groupName') ?? 'default';
  const schedule = store.get(group, name);
  if (method !== 'GET' && method !== 'DELETE') return undefined;
  if (!schedule) return refusal(404, 'ResourceNotFoundException', `Schedule ${name} does not exist.`);
  if (method === 'GET') return [200, describe(schedule)];
  store.remove(group, name);
  return [200, {}];
}

function createSchedule(store: ScheduleStore, Name: string, asked: Asked): Answer {
  const { GroupName = 'default', ScheduleExpression = '', ClientToken, Target = {} } = asked;
  const wrong = problemWith(Name, asked);
  if (wrong) return refusal(400, 'ValidationException', wrong);
  if (!store.hasGroup(GroupName)) {
    return refusal(404, 'ResourceNotFoundException', `Schedule group ${GroupName} does not exist.`);
  }
  const { Arn = '', RoleArn = '', Input = '', DeadLetterConfig } = Target;
  const present = store.get(GroupName, Name);
  // The SDK repeats a request whose answer was lost under the same token.
  if (present && present.ClientToken !== ClientToken) {
    return refusal(409, 'ConflictException', `Schedule ${Name} already exists.`);
  }
  if (!present) {
    const CreationDate = Date.now() / 1000;
    const schedule = {
      GroupName,
      Name,
      ScheduleExpression,
      Target: { Arn, RoleArn, Input, ...(DeadLetterConfig && { DeadLetterConfig }) },
      CreationDate,
      ...(ClientToken && { ClientToken }),
    };
    store.put(schedule, momentOf(ScheduleExpression));
  }
  return [200, { ScheduleArn: arnOf('scheduler', `schedule/${GroupName}/${Name}`) }];
}

/** What the service would refuse, and what it would take and this one does not do: neither may pass for the other. */
function problemWith(name: string, asked: Asked): string | undefined {
  const { Target = {}, ScheduleExpressionTimezone: zone = 'UTC' } = asked;
  if (!/^[0-9a-zA-Z-_.]{1,64}$/.test(name)) return `The name ${name} is not 1 to 64 letters, digits, - _ or dots.`;
  if (Number.isNaN(momentOf(asked.ScheduleExpression)))
    return `Invalid Schedule Expression ${asked.ScheduleExpression}.`;
  if (!/^arn:aws:iam::\d{12}:role\/.+/.test(Target.RoleArn ?? '')) return 'The target needs the ARN of a role.';
  const unknown =
    (asked.FlexibleTimeWindow?.Mode !== 'OFF' && 'a time window') ||
    (zone !== 'UTC' && 'a time zone') ||
    (asked.ActionAfterCompletion !== 'DELETE' && 'a schedule that stays') ||
    (!Target.Arn?.startsWith(arnOf('sqs', '')) && 'a target that is no queue') ||
    ('SqsParameters' in Target && 'a message group');
  return unknown ? `The local run does not know ${unknown}.` : undefined;
}

/** When a one-time schedule fires, in epoch milliseconds; NaN for any other expression. */
function momentOf(expression = ''): number {
  const moment = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/.exec(expression)?.[1];
  return Date.parse(`${moment}Z`);
}

const describe = ({ ClientToken: _, ...schedule }: Schedule): Record<string, unknown> => ({
  ...schedule,
  Arn: arnOf('scheduler', `schedule/${schedule.GroupName}/${schedule.Name}`),
  ScheduleExpressionTimezone: 'UTC',
  FlexibleTimeWindow: { Mode: 'OFF' },
  ActionAfterCompletion: 'DELETE',
  State: 'ENABLED',
});
