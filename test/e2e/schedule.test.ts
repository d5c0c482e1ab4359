import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stages } from '../../infra/stages.ts';
import { scheduleName } from '../../shared/queue/schedule.ts';
import { dueOf } from '../../shared/store/keys.ts';
import { locateMessage } from '../../shared/store/messages.ts';
import { type Client, startClient } from '../support/overture.ts';
import { until } from '../support/poll.ts';

const { hopSeconds, scheduleFromSeconds, scheduleLeadSeconds } = stages.local;

let client: Client;
let scheduler: SchedulerClient;
let sqs: SQSClient;
beforeAll(async () => {
  client = await startClient();
  const { endpoints } = client.overture.stack;
  const config = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  scheduler = new SchedulerClient({ ...config, endpoint: endpoints.scheduler });
  sqs = new SQSClient({ ...config, endpoint: endpoints.sqs });
});
afterAll(async () => {
  scheduler?.destroy();
  sqs?.destroy();
  await client?.stop();
});

const start = async (email: string, ...messages: { text: string; delay: number }[]): Promise<string[]> => {
  const { status, body } = await client.post('/v2/conversations', {
    organization: '6663a1f684ba342816c4b7c4',
    type: 'contact',
    contact: { profile: { email } },
    messages: messages.map((message) => ({ ...message, touchpoint: 'email', role: 'agent' })),
  });
  expect(status).toBe(201);
  return body.messages;
};

async function placeOf(message: string) {
  const place = await locateMessage(client.overture.table, message);
  if (!place) throw new Error(`no message ${message}`);
  return { ...place, due: dueOf(place.key) };
}

/** The schedule that holds a message's tick, if there is one. */
async function scheduleOf(message: string) {
  const place = await placeOf(message);
  const Name = scheduleName({ ...place, organization: '' }, place.due - scheduleLeadSeconds * 1000);
  return scheduler.send(new GetScheduleCommand({ GroupName: 'overture-local', Name })).catch((error: Error) => {
    if (error.name !== 'ResourceNotFoundException') throw error;
    return undefined;
  });
}

/** How many messages the queues hold that could wake a message. */
async function waitingInQueues(): Promise<number> {
  const { stack } = client.overture;
  const counts = await Promise.all(
    ['WorkerQueue', 'SweeperQueue'].map(async (name) => {
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: stack.find(name), AttributeNames: ['All'] }),
      );
      return (
        Number(Attributes.ApproximateNumberOfMessages) +
        Number(Attributes.ApproximateNumberOfMessagesDelayed) +
        Number(Attributes.ApproximateNumberOfMessagesNotVisible)
      );
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

// Each waits for moments of its own: together they take as long as the longest.
describe.concurrent('a message that is far ahead', () => {
  it('leaves through a schedule, when nothing else holds its tick, and never early', { timeout: 90_000 }, async () => {
    const delay = (scheduleFromSeconds + hopSeconds + 15) * 1000;
    const [message = ''] = await start('scheduled@example.com', { text: 'later', delay });
    const { due, conversation, key } = await placeOf(message);
    const schedule = await until('the schedule is there', () => scheduleOf(message), { withinMs: 25_000 });
    expect(JSON.parse(schedule.Target?.Input ?? '')).toMatchObject({ conversation, key });
    await until('the queues are empty', async () => (await waitingInQueues()) === 0, { withinMs: 20_000 });
    expect(Date.now()).toBeLessThan(due - scheduleLeadSeconds * 1000);
    expect(await scheduleOf(message)).toBeDefined();

    const [delivered] = await client.delivered('scheduled@example.com', 1, due + 25_000 - Date.now());
    const late = Date.parse(delivered?.at ?? '') - due;
    expect(late).toBeGreaterThanOrEqual(0);
    console.log(`lateness of a scheduled message: ${late} ms`);
    expect(await scheduleOf(message)).toBeUndefined();
    expect(await client.outbox('scheduled@example.com')).toHaveLength(1);
  });

  it('holds up none that is due before it', { timeout: 60_000 }, async () => {
    const [later = '', soon = ''] = await start(
      'both@example.com',
      { text: 'in ten minutes', delay: 600_000 },
      { text: 'in three seconds', delay: 3_000 },
    );
    const { due } = await placeOf(soon);
    const [delivered] = await client.delivered('both@example.com', 1);
    expect(delivered?.messageId).toBe(soon);
    const late = Date.parse(delivered?.at ?? '') - due;
    expect(late).toBeGreaterThanOrEqual(0);
    console.log(`lateness of a message due before a scheduled one: ${late} ms`);
    await until('the other is scheduled', () => scheduleOf(later), { withinMs: 25_000 });
    expect(await client.outbox('both@example.com')).toHaveLength(1);
  });

  it('leaves a schedule behind when it is canceled, whose tick finds nothing to do', { timeout: 60_000 }, async () => {
    const delay = (scheduleFromSeconds + hopSeconds + 1) * 1000;
    const [message = ''] = await start('canceled@example.com', { text: 'never', delay });
    const { due } = await placeOf(message);
    await until('it is scheduled', () => scheduleOf(message), { withinMs: 25_000 });
    const { status } = await client.raw('DELETE', `/v2/messages/${message}`, undefined, {
      authorization: `Bearer ${client.token}`,
    });
    expect(status).toBe(204);
    await until('the schedule fired', async () => (await scheduleOf(message)) === undefined, {
      withinMs: due + 20_000 - Date.now(),
    });
    await until('the queues are empty', async () => (await waitingInQueues()) === 0);
    await until('it would have been due', () => Date.now() > due + 1_500, { withinMs: 20_000 });
    expect(await client.outbox('canceled@example.com')).toEqual([]);
  });
});
