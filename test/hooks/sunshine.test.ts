import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HookParts } from '../../functions/hooks/parts.ts';
import { createHooks } from '../../functions/hooks/serve.ts';
import { ServiceSchema } from '../../shared/contracts/configuration.ts';
import type { Message } from '../../shared/domain/message.ts';
import type { HttpRequest } from '../../shared/http/handler.ts';
import { correlationFields } from '../../shared/providers/correlation.ts';
import { createSunshine } from '../../shared/providers/sunshine/sunshine.ts';
import { putService } from '../../shared/store/configuration.ts';
import { readConsent } from '../../shared/store/consent.ts';
import { listNewest } from '../../shared/store/message-lists.ts';
import type { Table } from '../../shared/store/table.ts';
import { createSetting, PEPPER, type Setting, TELEPHONE } from '../delivery/setting.ts';
import { NOW, newId, permutations, tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';
import { sunshineEvent, sunshineWebhook } from './requests.ts';

let emulator: TestTable;
let table: Table;
let setting: Setting;
let service: string;
beforeAll(async () => {
  emulator = await startTestTable();
  table = tableOf(emulator);
});
afterAll(() => emulator.stop());
beforeEach(async () => {
  setting = await createSetting(table);
  service = await serviceOf(setting.organization);
});

async function serviceOf(organization: string): Promise<string> {
  const id = newId();
  const params = { secret: 'secret', smsIntegration: 'sms-integration', whatsappIntegration: 'whatsapp-integration' };
  await putService(table, ServiceSchema.parse({ id, organization, type: 'sunshine', params }));
  return id;
}

const call = (request: HttpRequest, overrides: Partial<HookParts> = {}) =>
  createHooks({ ...setting.hooks, providers: { sunshine: createSunshine() }, ...overrides })(request);
const refusalOf = (request: HttpRequest) =>
  call(request).then(
    ({ statusCode }) => statusCode,
    (error) => error.status,
  );
const sending: Partial<Message> = { state: 'sending', token: 't', lease: NOW + 45_000 };

const correlationOf = ({ conversation, key, attempt, id }: Message) =>
  correlationFields({ conversation, key, attempt, message: id });
const ours = (message: Message) => ({ id: 'm1', metadata: correlationOf(message) });
const delivery = (message: Message, trigger: string) =>
  sunshineEvent(`conversation:message:delivery:${trigger}`, {
    message: ours(message),
    ...(trigger === 'failure' && { error: { code: 'uncategorized_error', message: 'no such subscriber' } }),
  });
const posted = (message: Message) =>
  sunshineEvent('conversation:message', {
    message: { ...ours(message), author: { type: 'business' }, content: { type: 'text', text: 'Hello' } },
  });
const written = (text: string, type = 'twilio', more: object = {}) =>
  sunshineEvent('conversation:message', {
    message: {
      id: 'm9',
      author: { type: 'user' },
      content: { type: 'text', text },
      source: {
        type,
        integrationId: type === 'twilio' ? 'sms-integration' : 'whatsapp-integration',
        client: { externalId: TELEPHONE },
      },
      ...more,
    },
  });
const report = (...events: object[]) => call(sunshineWebhook(service, events));

describe('a webhook of Sunshine', () => {
  it.each<[string, number, (request: HttpRequest) => HttpRequest]>([
    ['under another key', 401, (request) => ({ ...request, headers: { ...request.headers, 'x-api-key': 'wrong' } })],
    ['without a key', 401, (request) => ({ ...request, headers: { 'content-type': 'application/json' } })],
    ['that is no JSON', 400, (request) => ({ ...request, body: request.body.subarray(1) })],
    ['that is too large', 413, (request) => ({ ...request, body: Buffer.alloc(3 * 1024 * 1024 + 1) })],
    ['by another method', 405, (request) => ({ ...request, method: 'PUT' })],
    ['for another service', 404, (request) => ({ ...request, path: `/v2/hooks/sunshine/${setting.services.sms}` })],
  ])('%s gets %i, and nothing changes', async (_what, status, change) => {
    const { messages, conversation } = await setting.given({}, sending);
    const request = sunshineWebhook(service, [delivery(messages[0], 'failure'), written('STOP')]);
    expect(await refusalOf(change(request))).toBe(status);
    expect(await setting.message(messages[0])).toEqual(messages[0]);
    expect(await listNewest(table, conversation.id, 10)).toHaveLength(1);
    expect(setting.takeTicks()).toEqual([]);
  });

  it('that meets a fault of ours is an error, so that it is repeated, and then applied', async () => {
    const { messages } = await setting.given({}, sending);
    const request = sunshineWebhook(service, [delivery(messages[0], 'user')]);
    const broken: Table['client'] = Object.assign(Object.create(table.client), {
      send: () => Promise.reject(new Error('The table is away.')),
    });
    expect(await call(request, { table: { ...table, client: broken } }).catch((error) => error.status)).toBeUndefined();
    expect(await setting.message(messages[0])).toEqual(messages[0]);
    await call(request);
    expect((await setting.message(messages[0])).receipt?.status).toBe('delivered');
  });

  it('about another organization’s message is taken, and changes nothing', async () => {
    const { messages } = await setting.given({}, sending);
    const theirs = await serviceOf((await createSetting(table)).organization);
    expect(await call(sunshineWebhook(theirs, [delivery(messages[0], 'user')]))).toMatchObject({ statusCode: 200 });
    expect(await setting.message(messages[0])).toEqual(messages[0]);
  });

  it('comes to the same in whatever order its events come, each twice', async () => {
    for (const order of permutations(['posted', 'channel', 'user'])) {
      const { messages } = await setting.given({ profile: {} }, sending);
      const made = order.map((what) => (what === 'posted' ? posted(messages[0]) : delivery(messages[0], what)));
      for (const event of [...made, ...made]) await report(event);
      expect(await setting.message(messages[0])).toMatchObject({ state: 'sent', receipt: { status: 'delivered' } });
    }
  });

  it('that tells of a failure has the message failed, with the channel’s reason', async () => {
    const { messages } = await setting.given({}, sending, {});
    await report(delivery(messages[0], 'failure'));
    expect(await setting.message(messages[0])).toMatchObject({
      state: 'failed',
      error: { code: 'uncategorized_error', message: 'no such subscriber', class: 'permanent' },
    });
    expect(setting.takeTicks()).toEqual([[messages[1]?.key, 0]]);
  });
});

describe('what a contact does at Sunshine', () => {
  it('a reply is stored once, though its webhook is replayed, by the channel that it came by', async () => {
    const { conversation } = await setting.given({ status: 'closed', touchpoint: 'email' }, { state: 'sent' });
    for (let time = 0; time < 3; time += 1) await report(written('Is it ready?', 'whatsapp'));
    const stored = (await listNewest(table, conversation.id, 10)).filter(({ role }) => role === 'contact');
    expect(stored).toMatchObject([{ text: 'Is it ready?', touchpoint: 'whatsapp', state: 'done', inbound: true }]);
    expect(await setting.conversation(conversation.id)).toMatchObject({
      status: 'queued',
      touchpoint: 'whatsapp',
      services: { whatsapp: [service] },
    });
  });

  it.each([
    ['writes STOP', written('STOP')],
    ['blocks the channel', blocking('blocked')],
  ])('%s: nothing goes there any more, by this touchpoint alone', async (_what, event) => {
    await setting.given({}, { state: 'sent' });
    await report(event);
    const { organization } = setting;
    const stopOf = async (touchpoint: 'sms' | 'whatsapp') =>
      (await readConsent(table, PEPPER, { organization, touchpoint, matchKey: TELEPHONE })).stop?.on ?? false;
    expect([await stopOf('sms'), await stopOf('whatsapp')]).toEqual([true, false]);
  });

  it('lifts the block by unblocking, and not a block of another service’s organization', async () => {
    await setting.given({}, { state: 'sent' });
    await report(blocking('blocked'));
    const elsewhere = await serviceOf((await createSetting(table)).organization);
    await call(sunshineWebhook(elsewhere, [blocking('unblocked')]));
    const reach = { organization: setting.organization, touchpoint: 'sms', matchKey: TELEPHONE } as const;
    expect((await readConsent(table, PEPPER, reach)).stop).toMatchObject({ on: true, reason: 'blocked' });
    setting.clock.advance(1000);
    await call(sunshineWebhook(service, [{ ...blocking('unblocked'), createdAt: new Date(NOW + 1000).toISOString() }]));
    expect((await readConsent(table, PEPPER, reach)).stop?.on ?? false).toBe(false);
  });
});

function blocking(reason: string): object {
  return sunshineEvent('client:update', { reason, client: { type: 'twilio', externalId: TELEPHONE } });
}
