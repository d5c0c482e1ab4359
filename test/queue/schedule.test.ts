import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConflictException, CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createScheduler, scheduleName } from '../../shared/queue/schedule.ts';
import { createSchedulerClient } from '../../shared/runtime/clients.ts';
import { messageSk } from '../../shared/store/keys.ts';
import { newId } from '../support/builders.ts';

const SETTINGS = {
  groupName: 'overture-test',
  roleArn: 'arn:aws:iam::000000000000:role/schedules',
  queueArn: 'arn:aws:sqs:us-east-1:000000000000:ticks',
  deadLettersArn: 'arn:aws:sqs:us-east-1:000000000000:given-up',
};
const MOMENT = Date.UTC(2026, 11, 24, 17, 59, 30, 789);
const TICK = { conversation: '66c3ed372a33131f1b4ba1b8', key: messageSk(MOMENT + 90_000, 12), organization: 'o' };

describe('a scheduled tick', () => {
  const client = new SchedulerClient({ region: 'us-east-1' });
  const mock = mockClient(client);
  const scheduler = createScheduler(client, SETTINGS);
  beforeEach(() => void mock.reset());

  it('is a one-time schedule to the second, in UTC, that deletes itself and has a DLQ', async () => {
    mock.on(CreateScheduleCommand).resolves({});
    await scheduler.at(TICK, MOMENT);
    expect(mock.commandCalls(CreateScheduleCommand).map(({ args }) => args[0].input)).toEqual([
      {
        GroupName: 'overture-test',
        Name: '66c3ed372a33131f1b4ba1b8.M-1798135260789-0000000012.1798135170',
        ScheduleExpression: 'at(2026-12-24T17:59:30)',
        ScheduleExpressionTimezone: 'UTC',
        FlexibleTimeWindow: { Mode: 'OFF' },
        ActionAfterCompletion: 'DELETE',
        Target: {
          Arn: SETTINGS.queueArn,
          RoleArn: SETTINGS.roleArn,
          Input: JSON.stringify(TICK),
          DeadLetterConfig: { Arn: SETTINGS.deadLettersArn },
        },
      },
    ]);
  });

  it('that is there already is there', async () => {
    mock
      .on(CreateScheduleCommand)
      .rejects(new ConflictException({ message: 'exists', Message: 'exists', $metadata: {} }));
    await expect(scheduler.at(TICK, MOMENT)).resolves.toBeUndefined();
  });

  it('throws whatever else the service answers', async () => {
    mock.on(CreateScheduleCommand).rejects(Object.assign(new Error('full'), { name: 'ServiceQuotaExceededException' }));
    await expect(scheduler.at(TICK, MOMENT)).rejects.toThrow('full');
  });
});

describe('the name of a schedule', () => {
  it('is one that the service takes, for every message and moment', () => {
    for (const moment of [0, MOMENT, Date.UTC(2286, 0)]) {
      const name = scheduleName({ ...TICK, conversation: newId(), key: messageSk(moment, 9_999_999_999) }, moment);
      expect(name).toMatch(/^[0-9a-zA-Z-_.]{1,64}$/);
    }
  });

  it('is the same for the same tick and second, and another for another message, conversation or moment', () => {
    const names = [
      scheduleName(TICK, MOMENT),
      scheduleName({ ...TICK, organization: 'another' }, MOMENT - 700),
      scheduleName({ ...TICK, key: messageSk(MOMENT + 90_000, 13) }, MOMENT),
      scheduleName({ ...TICK, conversation: '66c3ed372a33131f1b4ba1b9' }, MOMENT),
      scheduleName(TICK, MOMENT + 3_600_000),
    ];
    expect(names[1]).toBe(names[0]);
    expect(new Set(names).size).toBe(4);
  });
});

describe('the client for the service', () => {
  let server: Server;
  let requests = 0;
  afterEach(() => {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
  });

  it('gives up on one that never answers, long before an invocation ends', async () => {
    server = createServer(() => {
      requests += 1;
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    vi.stubEnv('AWS_ENDPOINT_URL_SCHEDULER', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    vi.stubEnv('AWS_REGION', 'us-east-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
    const began = performance.now();
    await expect(createScheduler(createSchedulerClient(), SETTINGS).at(TICK, MOMENT)).rejects.toThrow();
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(requests).toBe(2);
  });
});
