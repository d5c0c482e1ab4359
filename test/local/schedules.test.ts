import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  DeleteScheduleCommand,
  GetScheduleCommand,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, expect, test } from 'vitest';
import type { LocalStack } from '../../infra/local/stack/local-stack.ts';
import { eventually } from './eventually.ts';
import { prepareSample, readNotes, type SampleFolders, startSample } from './sample-stack.ts';

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const config = (endpoint: string) => ({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
const cleanups: Array<() => unknown> = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

const GROUP = { Waiting: { Type: 'AWS::Scheduler::ScheduleGroup', Properties: { Name: 'waiting' } } };
function prepare(): SampleFolders {
  const folders = prepareSample(GROUP);
  cleanups.push(folders.remove);
  return folders;
}
async function start(folders: SampleFolders): Promise<LocalStack> {
  const stack = await startSample(folders);
  cleanups.push(stack.stop);
  return stack;
}

const queue = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
const at = (moment: number) => `at(${new Date(moment).toISOString().slice(0, 19)})`;
const momentOf = ({ ScheduleExpression }: { ScheduleExpression: string }) =>
  Date.parse(`${ScheduleExpression.slice(3, -1)}Z`);
/** A schedule for the whole second that begins within the next one, or a while later. */
const aSchedule = (Name: string, aheadMs: number, more: Partial<CreateScheduleCommandInput> = {}) => ({
  GroupName: 'waiting',
  Name,
  ScheduleExpression: at(Date.now() + aheadMs),
  ScheduleExpressionTimezone: 'UTC',
  FlexibleTimeWindow: { Mode: 'OFF' as const },
  ActionAfterCompletion: 'DELETE' as const,
  Target: { Arn: queue('Queue'), RoleArn: 'arn:aws:iam::000000000000:role/Role', Input: Name },
  ...more,
});
const clientOf = ({ endpoints }: Pick<LocalStack, 'endpoints'>) => {
  const client = new SchedulerClient(config(endpoints.scheduler));
  cleanups.push(() => client.destroy());
  return {
    create: (schedule: CreateScheduleCommandInput) => client.send(new CreateScheduleCommand(schedule)),
    get: (Name: string) => client.send(new GetScheduleCommand({ GroupName: 'waiting', Name })),
    delete: (Name: string) => client.send(new DeleteScheduleCommand({ GroupName: 'waiting', Name })),
  };
};
const nameOf = (answer: Promise<unknown>) =>
  answer.then(
    () => 'taken',
    (error: Error) => error.name,
  );
const arrivals = (folders: SampleFolders, body: string) =>
  readNotes<{ at: number; bodies: string[] }>(folders.notesFile).filter(({ bodies }) => bodies.includes(body));

test('a schedule can be read back, made once, and deleted', async () => {
  const scheduler = clientOf(await start(prepare()));
  const schedule = aSchedule('one', 3_600_000);
  const { ScheduleArn } = await scheduler.create(schedule);
  expect(ScheduleArn).toBe('arn:aws:scheduler:us-east-1:000000000000:schedule/waiting/one');
  expect(await scheduler.get('one')).toMatchObject({ ...schedule, Arn: ScheduleArn, CreationDate: expect.any(Date) });
  expect(await nameOf(scheduler.create(schedule))).toBe('ConflictException');
  await scheduler.delete('one');
  expect(await nameOf(scheduler.get('one'))).toBe('ResourceNotFoundException');
  expect(await nameOf(scheduler.delete('one'))).toBe('ResourceNotFoundException');
  expect(await nameOf(scheduler.create(schedule))).toBe('taken');
});

test('a request that is repeated because its answer was lost is no conflict', async () => {
  const scheduler = clientOf(await start(prepare()));
  const schedule = aSchedule('twice', 3_600_000, { ClientToken: 'the-same' });
  await scheduler.create(schedule);
  expect(await nameOf(scheduler.create(schedule))).toBe('taken');
});

test('a schedule fires once, to its second, into the queue of its target, and is gone', async () => {
  const folders = prepare();
  const scheduler = clientOf(await start(folders));
  const schedule = aSchedule('soon', 2_000);
  await scheduler.create(schedule);
  const [arrived] = await eventually(
    'it fires',
    () => arrivals(folders, 'soon').length > 0 && arrivals(folders, 'soon'),
  );
  expect(arrived?.at).toBeGreaterThanOrEqual(momentOf(schedule));
  await eventually('it is gone', async () => (await nameOf(scheduler.get('soon'))) === 'ResourceNotFoundException');
  await delay(500);
  expect(arrivals(folders, 'soon')).toHaveLength(1);
});

test('a schedule more than 24.8 days ahead, the longest timer, does not fire now', async () => {
  const folders = prepare();
  const scheduler = clientOf(await start(folders));
  await scheduler.create(
    aSchedule('next month', 0, { Name: 'month', ScheduleExpression: at(Date.now() + 30 * 86_400_000) }),
  );
  await delay(600);
  expect((await scheduler.get('month')).State).toBe('ENABLED');
});

test('what its queue cannot take goes to the dead-letter queue', async () => {
  const stack = await start(prepare());
  const { Target, ...schedule } = aSchedule('lost', -1_000);
  const DeadLetterConfig = { Arn: queue('DeadLetters') };
  await clientOf(stack).create({ ...schedule, Target: { ...Target, Arn: queue('Nobody'), DeadLetterConfig } });
  const sqs = new SQSClient(config(stack.endpoints.sqs));
  cleanups.push(() => sqs.destroy());
  const QueueUrl = stack.queueUrls.DeadLetters;
  await eventually('it is a dead letter', async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 }));
    return Messages.some(({ Body }) => Body === 'lost');
  });
});

test('schedules survive a restart, and those that are late fire at the start', async () => {
  const folders = prepare();
  const first = await start(folders);
  const late = aSchedule('late', 4_000);
  await clientOf(first).create(late);
  await clientOf(first).create(aSchedule('later', 3_600_000));
  await first.stop();
  await eventually('its moment has passed', () => Date.now() > momentOf(late));
  expect(arrivals(folders, 'late')).toEqual([]);
  const second = await start(folders);
  await eventually('the late one fires', () => arrivals(folders, 'late').length === 1);
  expect((await clientOf(second).get('later')).Target?.Input).toBe('later');
});

test('schedules survive SIGKILL', async () => {
  const folders = prepare();
  const held = spawn(process.execPath, [
    join(import.meta.dirname, 'fixtures/hold-stack.ts'),
    folders.assemblyDir,
    folders.dataDir,
  ]);
  const [line] = await once(held.stdout, 'data');
  await clientOf(JSON.parse(line) as LocalStack).create(aSchedule('kept', 3_600_000));
  held.kill('SIGKILL');
  await once(held, 'exit');
  expect((await clientOf(await start(folders)).get('kept')).Target?.Input).toBe('kept');
});

test.for<[string, Partial<CreateScheduleCommandInput>, string]>([
  ['in a group that the template does not have', { GroupName: 'other' }, 'ResourceNotFoundException'],
  ['with a name that AWS would refuse', { Name: 'a#b' }, 'ValidationException'],
  ['that comes again', { ScheduleExpression: 'rate(1 hour)' }, 'ValidationException'],
  ['at a local time', { ScheduleExpressionTimezone: 'Europe/Amsterdam' }, 'ValidationException'],
  ['that stays when it has fired', { ActionAfterCompletion: 'NONE' }, 'ValidationException'],
  ['within a window', { FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 5 } }, 'ValidationException'],
])('a schedule %s is refused', async ([, more, error]) => {
  const scheduler = clientOf(await start(prepare()));
  expect(await nameOf(scheduler.create(aSchedule('refused', 3_600_000, more)))).toBe(error);
});
