import { describe, expect, it } from 'vitest';
import { alarmsOn, functionsOf, ofType, only, readable, synthesize } from './synthesize.ts';

const { data, service } = synthesize('prod');
const functions = functionsOf(service);
const SENDER =
  'LEASE_MS MIN_REMAINING_MS PAIR_MS PEPPER_SECRET_ID PROVIDER_TIMEOUT_MS PUBLIC_URL TICKS_QUEUE_URL UNKNOWN_MS REMEMBER_MS';
const NOTIFYING =
  'WEBHOOKS_ON_LOOPBACK WEBHOOK_FAILING_MS WEBHOOK_FIRST_MS WEBHOOK_GIVE_UP_MS WEBHOOK_LONGEST_MS WEBHOOK_MIN_REMAINING_MS WEBHOOK_TIMEOUT_MS';
const SCHEDULES =
  'SCHEDULE_FROM_MS SCHEDULE_GROUP SCHEDULE_LEAD_MS SCHEDULE_ROLE_ARN TICKS_DEAD_LETTERS_ARN TICKS_QUEUE_ARN';

describe('a function', () => {
  it('runs as all the others do: Node 24 on arm64, ES modules, traced, logging where retention is set', () => {
    const groups = new Map(ofType(service, 'AWS::Logs::LogGroup'));
    expect(groups.size).toBe(functions.size + 1);
    for (const [name, { Properties }] of functions) {
      expect(Properties, name).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        MemorySize: ['bulk', 'ingest'].includes(name) ? 1024 : 512,
        TracingConfig: { Mode: 'Active' },
      });
      expect(groups.get(Properties.LoggingConfig.LogGroup.Ref)?.Properties.RetentionInDays, name).toBe(30);
    }
  });

  it('may run in a loop over queues where the design has one: Lambda would stop a conversation after 16 turns', () => {
    const looping = [...functions].filter(([, { Properties }]) => Properties.RecursiveLoop === 'Allow');
    expect(looping.map(([name]) => name)).toEqual(['worker', 'email', 'sms', 'whatsapp', 'publisher', 'ingest']);
  });

  it.each([
    [
      'api',
      'APP_URL HOP_SECONDS PEPPER_SECRET_ID PUBLIC_URL REMEMBER_MS SWEEP_QUEUE_URL TICKS_QUEUE_URL TOKEN_KEY_SECRET_ID',
    ],
    ['admin', 'PEPPER_SECRET_ID PUBLIC_URL REMEMBER_MS TOKEN_KEY_SECRET_ID WEBHOOKS_ON_LOOPBACK WEBHOOKS_QUEUE_URL'],
    ['bulk', 'BUDGET_MS HOP_SECONDS PEPPER_SECRET_ID REMEMBER_MS TICKS_QUEUE_URL TOKEN_KEY_SECRET_ID'],
    [
      'worker',
      `EMAIL_QUEUE_URL HOP_SECONDS PAIR_MS REMEMBER_MS SMS_QUEUE_URL TICKS_QUEUE_URL UNKNOWN_MS WHATSAPP_QUEUE_URL ${SCHEDULES}`,
    ],
    ['email', `${SENDER} SES_CONFIGURATION_SET`],
    ['sms', SENDER],
    ['whatsapp', SENDER],
    ['hooks', 'PEPPER_SECRET_ID PUBLIC_URL REMEMBER_MS TICKS_QUEUE_URL'],
    ['sweeper', 'HOP_SECONDS SWEEP_DELAY_SECONDS SWEEP_QUEUE_URL TICKS_QUEUE_URL'],
    [
      'publisher',
      `APP_URL EVENT_BUS_NAME HOP_SECONDS PEPPER_SECRET_ID PUBLIC_URL REMEMBER_MS TICKS_QUEUE_URL TOKEN_KEY_SECRET_ID WEBHOOKS_QUEUE_URL ${NOTIFYING}`,
    ],
    [
      'ingest',
      'EVENT_BUS_NAME HOP_SECONDS IMPORT_LEASE_MS IMPORT_RESERVE_MS INGRESS_QUEUE_URL PEPPER_SECRET_ID REMEMBER_MS TICKS_QUEUE_URL',
    ],
  ])('is told what it needs and no more: %s', (name, own) => {
    const common = 'NODE_OPTIONS POWERTOOLS_METRICS_NAMESPACE POWERTOOLS_SERVICE_NAME STAGE TABLE_NAME';
    const { Variables } = functions.get(name)?.Properties.Environment ?? {};
    expect(Object.keys(Variables).sort()).toEqual(`${common} ${own}`.split(' ').sort());
    expect(Variables).toMatchObject({ STAGE: 'prod', POWERTOOLS_METRICS_NAMESPACE: 'Overture' });
    expect(readable(Variables.TABLE_NAME, data)).toBe('Table');
    if ('TICKS_QUEUE_URL' in Variables) expect(readable(Variables.TICKS_QUEUE_URL, data)).toBe('WorkerQueue');
  });

  it('is told, if it is the worker, which group, role and queues its schedules have, and when they are for', () => {
    const { Variables } = functions.get('worker')?.Properties.Environment ?? {};
    const told = SCHEDULES.split(' ').map((name) => [name, readable(Variables[name], data)]);
    expect(Object.fromEntries(told)).toEqual({
      SCHEDULE_GROUP: only(service, 'AWS::Scheduler::ScheduleGroup').Properties.Name,
      SCHEDULE_ROLE_ARN: 'SchedulesRole',
      TICKS_QUEUE_ARN: 'WorkerQueue',
      TICKS_DEAD_LETTERS_ARN: 'WorkerDeadLetters',
      SCHEDULE_FROM_MS: '1800000',
      SCHEDULE_LEAD_MS: '90000',
    });
  });

  it('is told its own API’s address as the public one', () => {
    for (const [name, variable] of [
      ['api', 'APP_URL'],
      ['api', 'PUBLIC_URL'],
      ['admin', 'PUBLIC_URL'],
      ['hooks', 'PUBLIC_URL'],
      ['sms', 'PUBLIC_URL'],
      ['publisher', 'PUBLIC_URL'],
      ['publisher', 'APP_URL'],
    ] as const) {
      const { Variables } = functions.get(name)?.Properties.Environment ?? {};
      expect(readable(Variables[variable], data), name).toBe('HttpApi.ApiEndpoint');
    }
  });
});

describe('an alarm', () => {
  it('says what is lost while it is on, and takes no data for no trouble', () => {
    for (const [, { Properties: alarm }] of ofType(service, 'AWS::CloudWatch::Alarm')) {
      expect(alarm.AlarmDescription).toMatch(/^[A-Z].{40,}\.$/);
      expect(alarm.TreatMissingData).toBe('notBreaching');
    }
  });

  it('watches the errors of every function', () => {
    for (const [id] of ofType(service, 'AWS::Lambda::Function'))
      expect(alarmsOn(service, 'Errors', id), id).toHaveLength(1);
  });
});
