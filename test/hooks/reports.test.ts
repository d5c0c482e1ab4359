import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHooks } from '../../functions/hooks/serve.ts';
import type { Message } from '../../shared/domain/message.ts';
import type { HttpRequest } from '../../shared/http/handler.ts';
import type { Correlation } from '../../shared/providers/provider.ts';
import { EnqueueError } from '../../shared/queue/send.ts';
import { readConsent } from '../../shared/store/consent.ts';
import type { Table } from '../../shared/store/table.ts';
import { createSetting, inSeconds, PEPPER, type Setting, TELEPHONE } from '../delivery/setting.ts';
import { NOW, newId, permutations, tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';
import { metaChallenge, metaStatus, metaWebhook, twilioStatus, withPath } from './requests.ts';

let emulator: TestTable;
let table: Table;
let setting: Setting;
beforeAll(async () => {
  emulator = await startTestTable();
  table = tableOf(emulator);
});
afterAll(() => emulator.stop());
beforeEach(async () => {
  setting = await createSetting(table);
});

const call = (request: HttpRequest) => createHooks(setting.hooks)(request);
const refusalOf = (request: HttpRequest) =>
  call(request).then(
    () => 'accepted',
    (error) => error.status,
  );
const correlationOf = (message: Message, overrides: Partial<Correlation> = {}): Correlation => ({
  conversation: message.conversation,
  key: message.key,
  attempt: message.attempt,
  message: message.id,
  ...overrides,
});
const report = (message: Message, status: string, more: { attempt?: number; fields?: Record<string, string> } = {}) =>
  call(
    twilioStatus(
      setting.services.sms,
      correlationOf(message, more.attempt === undefined ? {} : { attempt: more.attempt }),
      status,
      more.fields ? { fields: more.fields } : {},
    ),
  );
const sending: Partial<Message> = { state: 'sending', token: 't', lease: NOW + 45_000 };

describe('a report that tells nothing new', () => {
  it.each([
    ['of what the send recorded itself wakes nobody', 'accepted', 'queued', 0],
    ['of what a report may have finished wakes the next again', 'delivered', 'delivered', 1],
  ] as const)('%s', async (_what, known, status, ticks) => {
    const { messages } = await setting.given(
      {},
      { state: 'sent', attempt: 1, receipt: { status: known, at: NOW } },
      {},
    );
    await report(messages[0], status);
    expect(setting.takeTicks()).toHaveLength(ticks);
  });
});

describe('what is heard of a message at last', () => {
  it.each(permutations(['sent', 'delivered', 'read'] as const))('is counted once: %s, %s, %s', async (...statuses) => {
    const { messages } = await setting.given({}, { state: 'sent', attempt: 1 });
    for (const status of statuses) await report(messages[0], status);
    expect(setting.observe.counts.get('ReceiptFinal/sms')).toBe(1);
  });
});

describe('a callback', () => {
  it.each<[string, (message: Message) => HttpRequest]>([
    [
      'signed by another secret',
      (message) => twilioStatus(setting.services.sms, correlationOf(message), 'failed', { authToken: 'wrong' }),
    ],
    [
      'without a signature',
      (message) => ({ ...twilioStatus(setting.services.sms, correlationOf(message), 'failed'), headers: {} }),
    ],
    [
      'whose message was exchanged',
      (message) => ({
        ...twilioStatus(setting.services.sms, correlationOf(message, { message: newId() }), 'failed'),
        rawQuery: twilioStatus(setting.services.sms, correlationOf(message), 'failed').rawQuery,
      }),
    ],
    [
      'whose status was exchanged',
      (message) => ({
        ...twilioStatus(setting.services.sms, correlationOf(message), 'sent'),
        body: Buffer.from('MessageStatus=failed'),
      }),
    ],
    [
      'of Meta, signed by another secret',
      (message) =>
        metaWebhook(
          setting.services.whatsapp,
          { statuses: [metaStatus(correlationOf(message), 'failed')] },
          { appSecret: 'x' },
        ),
    ],
    [
      'of a provider that has none',
      () => ({
        ...metaChallenge(setting.services.email, 'x'),
        method: 'POST',
        path: `/v2/hooks/ses/${setting.services.email}`,
      }),
    ],
  ])('%s gets 401, and nothing changes', async (_what, request) => {
    const { messages } = await setting.given({}, sending);
    expect(await refusalOf(request(messages[0]))).toBe(401);
    expect(await setting.message(messages[0])).toEqual(messages[0]);
    expect(setting.observe.counts.get('CallbackRefused')).toBe(1);
  });

  it('for a service that is not there gets 404', async () => {
    const { messages } = await setting.given({}, sending);
    const correlation = correlationOf(messages[0]);
    expect(await refusalOf(twilioStatus(newId(), correlation, 'sent'))).toBe(404);
    const [sms, whatsapp] = [setting.services.sms, setting.services.whatsapp];
    expect(await refusalOf(twilioStatus(whatsapp, correlation, 'sent'))).toBe(404);
    expect(await refusalOf(withPath(twilioStatus(sms, correlation, 'sent'), `/v2/hooks/other/${sms}/status`))).toBe(
      404,
    );
  });

  it('by another method gets 405, and one that is too large 413', async () => {
    const request = twilioStatus(setting.services.sms, undefined, 'sent');
    expect(await refusalOf({ ...request, method: 'PUT' })).toBe(405);
    expect(await refusalOf({ ...request, body: Buffer.alloc(3 * 1024 * 1024 + 1) })).toBe(413);
  });

  it('is answered as its provider expects', async () => {
    const { messages } = await setting.given({}, sending);
    expect(await report(messages[0], 'sent')).toMatchObject({ statusCode: 204 });
    expect(await call(metaWebhook(setting.services.whatsapp, {}))).toMatchObject({ statusCode: 200 });
  });

  it('that asks whether the address is ours is answered by its own challenge, with the right token only', async () => {
    expect(await call(metaChallenge(setting.services.whatsapp, 'meta-verify-token'))).toMatchObject({
      statusCode: 200,
      body: '1158201444',
    });
    expect(await refusalOf(metaChallenge(setting.services.whatsapp, 'wrong'))).toBe(401);
  });
});

describe('a report about a message', () => {
  it('before the provider’s answer: sent, and the next is woken', async () => {
    const { messages } = await setting.given({}, sending, { due: inSeconds(5) });
    await report(messages[0], 'delivered');
    expect(await setting.message(messages[0])).toMatchObject({
      state: 'sent',
      receipt: { status: 'delivered', at: NOW },
      providerId: 'SM1',
      provider: 'twilio',
    });
    expect(setting.takeTicks()).toEqual([[messages[1]?.key, 5]]);
    expect(setting.observe.counts.get('ReceiptReceived/sms')).toBe(1);
  });

  it.each<[string, Partial<Message>]>([
    ['unknown', { state: 'unknown', token: 't', until: NOW + 60_000, unclear: true }],
    ['about to be sent again', { state: 'pending', attempt: 1, notBefore: NOW + 60_000, unclear: true }],
  ])('while it is %s: sent', async (_what, overrides) => {
    const { messages } = await setting.given({}, overrides, {});
    await report(messages[0], 'sent', { attempt: 0 });
    expect((await setting.message(messages[0])).state).toBe('sent');
    expect(setting.takeTicks()).toEqual([[messages[1]?.key, 0]]);
  });

  it('by Meta, with its own time', async () => {
    const { messages } = await setting.given({}, { ...sending, touchpoint: 'whatsapp' }, {});
    await call(
      metaWebhook(setting.services.whatsapp, { statuses: [metaStatus(correlationOf(messages[0]), 'delivered')] }),
    );
    expect(await setting.message(messages[0])).toMatchObject({
      state: 'sent',
      receipt: { status: 'delivered', at: 1_772_366_400_000 },
      providerId: 'wamid.1',
      provider: 'whatsapp',
    });
  });

  it('that the attempt under way failed: failed with the provider’s reason, and the next is woken', async () => {
    const { messages } = await setting.given({}, { ...sending, attempt: 2 }, {});
    await report(messages[0], 'undelivered', { fields: { ErrorCode: '30005', ErrorMessage: 'Unknown handset' } });
    expect(await setting.message(messages[0])).toMatchObject({
      state: 'failed',
      receipt: { status: 'failed' },
      error: { code: '30005', message: 'Unknown handset', class: 'permanent' },
    });
    expect(setting.takeTicks()).toEqual([[messages[1]?.key, 0]]);
    expect(setting.observe.counts.get('MessageFailed/sms')).toBe(1);
  });

  it('that an older attempt failed is ignored; that it arrived counts', async () => {
    const { messages } = await setting.given({}, { ...sending, attempt: 2 }, {});
    await report(messages[0], 'failed', { attempt: 1 });
    expect(await setting.message(messages[0])).toEqual(messages[0]);
    expect(setting.takeTicks()).toEqual([]);
    await report(messages[0], 'delivered', { attempt: 1 });
    expect((await setting.message(messages[0])).state).toBe('sent');
  });

  it('that it failed after it was sent is its receipt, with the reason, and stays', async () => {
    const { messages } = await setting.given(
      {},
      { state: 'sent', providerId: 'SM1', receipt: { status: 'sent', at: NOW } },
      {},
    );
    await report(messages[0], 'undelivered', { fields: { ErrorCode: '30003' } });
    await report(messages[0], 'sent');
    expect(await setting.message(messages[0])).toMatchObject({
      state: 'sent',
      receipt: { status: 'failed' },
      error: { code: '30003' },
    });
  });

  it('never starts one that was not attempted', async () => {
    const { messages } = await setting.given({}, {});
    await report(messages[0], 'delivered');
    expect((await setting.message(messages[0])).state).toBe('pending');
  });

  it('repeated changes nothing, and wakes the next again', async () => {
    const { messages } = await setting.given({}, sending, {});
    await report(messages[0], 'delivered');
    const after = await setting.message(messages[0]);
    await report(messages[0], 'delivered');
    expect(await setting.message(messages[0])).toEqual(after);
    expect(setting.takeTicks()).toEqual([
      [messages[1]?.key, 0],
      [messages[1]?.key, 0],
    ]);
  });

  it('whose next could not be woken is an error, so that it is repeated', async () => {
    const { messages } = await setting.given({}, sending, {});
    setting.ticks.refuseNext();
    await expect(report(messages[0], 'delivered')).rejects.toBeInstanceOf(EnqueueError);
    await report(messages[0], 'delivered');
    expect(setting.takeTicks()).toEqual([[messages[1]?.key, 0]]);
  });

  it.each(permutations(['sent', 'delivered', 'read']))(
    'comes to the same in the order %s, %s, %s, each twice',
    async (...order) => {
      const { messages } = await setting.given({}, sending);
      for (const status of [...order, ...order]) await report(messages[0], status);
      expect(await setting.message(messages[0])).toMatchObject({ state: 'sent', receipt: { status: 'read' } });
    },
  );

  it('comes to the same when all come at once, each twice', async () => {
    const { messages } = await setting.given({}, sending);
    await Promise.all(
      ['sent', 'delivered', 'sent', 'read', 'delivered', 'read'].map((status) => report(messages[0], status)),
    );
    expect(await setting.message(messages[0])).toMatchObject({ state: 'sent', receipt: { status: 'read' } });
  });

  it('that meets another between its read and its write is judged afresh', async () => {
    const { messages } = await setting.given({}, sending);
    let met = false;
    const client = Object.assign(Object.create(table.client), {
      send: async (command: Parameters<typeof table.client.send>[0]) => {
        const answer = await table.client.send(command);
        if (command instanceof GetCommand && !met) {
          met = true;
          await report(messages[0], 'delivered');
        }
        return answer;
      },
    });
    const interrupted = createHooks({ ...setting.hooks, table: { ...table, client } });
    await interrupted(twilioStatus(setting.services.sms, correlationOf(messages[0]), 'read'));
    expect(await setting.message(messages[0])).toMatchObject({ state: 'sent', receipt: { status: 'read' } });
  });

  it('that the person opted out holds for all later messages', async () => {
    const { messages } = await setting.given({}, sending);
    await report(messages[0], 'undelivered', { fields: { ErrorCode: '21610' } });
    const reach = { organization: setting.organization, touchpoint: 'sms', matchKey: TELEPHONE } as const;
    expect((await readConsent(table, PEPPER, reach)).stop).toMatchObject({ on: true, reason: '21610' });
  });
});

describe('a report that names no message of this service’s organization', () => {
  it.each<[string, (message: Message) => Correlation | undefined]>([
    ['none at all', () => undefined],
    ['another message in that place', (message) => correlationOf(message, { message: newId() })],
    ['a place where there is none', (message) => correlationOf(message, { key: 'M#0000000000001#0000000001' })],
  ])('is taken and ignored: %s', async (_what, correlation) => {
    const { messages } = await setting.given({}, sending);
    const answer = await call(twilioStatus(setting.services.sms, correlation(messages[0]), 'failed'));
    expect(answer.statusCode).toBe(204);
    expect(await setting.message(messages[0])).toEqual(messages[0]);
  });

  it('is taken and ignored: another organization’s', async () => {
    const { messages } = await setting.given({}, sending);
    const theirs = setting;
    setting = await createSetting(table);
    const answer = await call(twilioStatus(setting.services.sms, correlationOf(messages[0]), 'failed'));
    expect(answer.statusCode).toBe(204);
    expect(await theirs.message(messages[0])).toEqual(messages[0]);
    expect([setting.takeTicks(), theirs.takeTicks()]).toEqual([[], []]);
  });
});

describe('a webhook with many reports', () => {
  it('applies each', async () => {
    const { messages } = await setting.given(
      {},
      { ...sending, touchpoint: 'whatsapp' },
      { ...sending, touchpoint: 'whatsapp' },
    );
    const statuses = messages.map((message, index) =>
      metaStatus(correlationOf(message), 'delivered', { id: `wamid.${index}` }),
    );
    await call(metaWebhook(setting.services.whatsapp, { statuses }));
    for (const message of messages) expect((await setting.message(message)).state).toBe('sent');
  });

  it('repeated as a whole, as after an error of ours, comes to the same', async () => {
    const { messages } = await setting.given({}, sending, { ...sending, due: inSeconds(1) }, { due: inSeconds(2) });
    const statuses = messages.slice(0, 2).map((message) => metaStatus(correlationOf(message), 'delivered'));
    setting.ticks.refuseNext();
    await expect(call(metaWebhook(setting.services.whatsapp, { statuses }))).rejects.toThrow();
    await call(metaWebhook(setting.services.whatsapp, { statuses }));
    for (const message of messages.slice(0, 2)) expect((await setting.message(message)).state).toBe('sent');
    expect(setting.takeTicks().map(([key]) => key)).toContain(messages[2]?.key);
  });
});
