import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SUNSHINE } from '../../infra/local/doubles/credentials.ts';
import { UNKNOWN_NUMBER } from '../../infra/local/doubles/sunshine-clients.ts';
import { type Json, openSunshine } from './sunshine.ts';
import { CONTACT, eventually, openStage, type Stage } from './support.ts';

const METADATA = { c: 'c1', k: '1750030073000-0000000007', a: '1', m: 'm1' };

let stage: Stage;
let call: Awaited<ReturnType<typeof openSunshine>>;
beforeEach(async () => {
  stage = await openStage();
  call = await openSunshine(stage);
});
afterEach(() => stage.close());

const link = (conversationId: string, phoneNumber: string = CONTACT, type = 'twilio') =>
  call('POST', '/users/person/clients', {
    matchCriteria: {
      type,
      integrationId: type === 'twilio' ? SUNSHINE.smsIntegration : SUNSHINE.whatsappIntegration,
      phoneNumber,
    },
    confirmation: { type: 'immediate' },
    target: { conversationId },
  });
const clients = async (): Promise<Json[]> => (await call('GET', '/users/person/clients')).body.clients;

/** A user and a conversation. */
async function meet(): Promise<string> {
  expect((await call('POST', '/users', { externalId: 'person' })).status).toBe(201);
  const participants = [{ userExternalId: 'person', subscribeSDKClient: false }];
  const { body } = await call('POST', '/conversations', { type: 'personal', participants, metadata: { of: 'us' } });
  return body.conversation.id;
}

async function linked(type = 'twilio'): Promise<string> {
  const conversation = await meet();
  expect((await link(conversation, CONTACT, type)).body.client.status).toBe('pending');
  await eventually(() => expect(events()).toMatchObject([{ type: 'client:update' }]));
  expect(await clients()).toMatchObject([{ status: 'active' }]);
  return conversation;
}

const post = (conversation: string, more: object = {}) =>
  call('POST', `/conversations/${conversation}/messages`, {
    author: { type: 'business' },
    content: { type: 'text', text: 'hello' },
    destination: { integrationId: SUNSHINE.smsIntegration },
    metadata: METADATA,
    ...more,
  });
const events = (): Json[] => stage.webhook.received.flatMap(({ body }) => JSON.parse(body.toString()).events);
const told = (id: string) =>
  events()
    .filter(({ type, payload }) => type.startsWith('conversation:message:delivery') && payload.message.id === id)
    .map(({ type }) => type.split(':').at(-1));

describe('the way to a number at Sunshine', () => {
  it('leads over a user, a conversation and a link that is confirmed after a moment, and told of', async () => {
    await linked();
    const conversations = await call('GET', '/conversations?filter[userExternalId]=person');
    expect(conversations.body.conversations).toMatchObject([{ metadata: { of: 'us' } }]);
    expect(events()).toMatchObject([{ type: 'client:update', payload: { reason: 'confirmed' } }]);
  });

  it('is made once: what is there already is a conflict', async () => {
    const conversation = await linked();
    expect((await call('POST', '/users', { externalId: 'person' })).status).toBe(409);
    expect((await link(conversation)).status).toBe(409);
  });

  it('ends where the channel does not know the number: the link is taken away', async () => {
    const conversation = await meet();
    await link(conversation, UNKNOWN_NUMBER);
    expect(await clients()).toHaveLength(1);
    await eventually(async () => expect(await clients()).toEqual([]));
  });

  it('can be taken back', async () => {
    const conversation = await linked();
    const [client] = await clients();
    expect((await call('DELETE', `/users/person/clients/${client.id}`)).status).toBe(200);
    expect((await post(conversation)).status).toBe(400);
  });

  it('is closed to a wrong key, and unknown at another app', async () => {
    expect((await call('POST', '/users', { externalId: 'x' }, 'wrong')).body.errors[0].code).toBe('unauthorized');
    const elsewhere = await fetch(`${stage.addresses.sunshine}/v2/apps/other/users`, { method: 'POST' });
    expect(elsewhere.status).toBe(404);
  });
});

describe('a message at Sunshine', () => {
  it('is refused before its number is linked', async () => {
    const conversation = await meet();
    expect((await post(conversation)).status).toBe(400);
    await link(conversation);
    expect((await post(conversation)).status).toBe(400);
    expect(await stage.outbox()).toEqual([]);
  });

  it('is in the outbox and in the list, under the id of the answer', async () => {
    const conversation = await linked();
    const { body } = await post(conversation);
    const [{ id }] = body.messages;
    expect(await stage.outbox()).toMatchObject([
      { provider: 'sunshine', touchpoint: 'sms', to: CONTACT, text: 'hello', providerId: id, messageId: 'm1' },
    ]);
    const list = await call('GET', `/conversations/${conversation}/messages`);
    expect(list.body.messages).toMatchObject([{ id, metadata: METADATA }]);
  });

  it('by WhatsApp may be a template in Meta’s words', async () => {
    const conversation = await linked('whatsapp');
    const parameters = [{ type: 'text', text: 'Ana' }];
    const template = { name: 'welcome', language: { code: 'nl' }, components: [{ type: 'body', parameters }] };
    await post(conversation, {
      schema: 'whatsapp',
      content: { type: 'template', template },
      destination: { integrationId: SUNSHINE.whatsappIntegration },
    });
    expect(await stage.outbox()).toMatchObject([
      { touchpoint: 'whatsapp', text: 'Dag Ana', template: { name: 'welcome', language: 'nl', parameters: ['Ana'] } },
    ]);
  });

  it('is told of under the webhook’s key: as taken, then by channel and by user, which echo no metadata', async () => {
    const conversation = await linked();
    const [{ id }] = (await post(conversation)).body.messages;
    await eventually(() => expect(told(id)).toEqual(['channel', 'user']));
    const keys = stage.webhook.received.map(({ headers }) => headers['x-api-key']);
    expect(new Set(keys)).toEqual(new Set([SUNSHINE.webhookSecret]));
    const message = events().find(({ type }) => type === 'conversation:message');
    expect(message.payload.message).toMatchObject({ id, author: { type: 'business' }, metadata: METADATA });
    const delivery = events().find(({ type }) => type.endsWith('delivery:user'));
    expect(delivery.payload.message).toEqual({ id });
  });

  it('is told of again where our webhook fails, not where it refuses', async () => {
    const conversation = await linked();
    stage.webhook.received.length = 0;
    stage.webhook.answers.push(500, 401);
    await post(conversation);
    const count = (type: string) => events().filter((event) => event.type === type).length;
    await eventually(() => expect(count('conversation:message')).toBe(2));
    expect(stage.webhook.received).toHaveLength(new Set(events().map(({ id }) => id)).size + 1);
  });

  it.each([
    ['429', 429, 'too_many_requests'],
    ['500', 500, 'internal_error'],
    ['reject:locked', 423, 'locked'],
    ['reject:bad_request', 400, 'bad_request'],
  ])('is answered by the fault %s once, and nothing is sent', async (behaviour, status, code) => {
    const conversation = await linked();
    await stage.fault('sunshine', behaviour);
    expect(await post(conversation)).toMatchObject({ status, body: { errors: [{ code }] } });
    expect(await stage.outbox()).toEqual([]);
    expect((await post(conversation)).status).toBe(201);
  });

  it('whose answer is lost is in the list, which may fail by itself', async () => {
    const conversation = await linked();
    await stage.fault('sunshine', 'accept-then-drop');
    await expect(post(conversation)).rejects.toThrow();
    await stage.fault('sunshine', '500', { on: 'lookup' });
    expect((await call('GET', `/conversations/${conversation}/messages`)).status).toBe(500);
    expect((await call('GET', `/conversations/${conversation}/messages`)).body.messages).toHaveLength(1);
  });

  it('may fail later, and then reaches nobody; or never be told of', async () => {
    const conversation = await linked();
    await stage.fault('sunshine', 'fail:uncategorized_error');
    const [failed] = (await post(conversation)).body.messages;
    await eventually(() => expect(told(failed.id)).toEqual(['failure']));
    expect(await stage.outbox()).toEqual([]);
    await stage.fault('sunshine', 'lose-callbacks');
    const [silent] = (await post(conversation)).body.messages;
    const [heard] = (await post(conversation)).body.messages;
    await eventually(() => expect(told(heard.id)).toHaveLength(2));
    expect(told(silent.id)).toEqual([]);
  });

  it('is answered by the contact in its conversation', async () => {
    const conversation = await linked();
    await post(conversation);
    const reply = { touchpoint: 'sms', from: CONTACT, text: 'Hoi', name: 'Ana' };
    expect((await stage.control('POST', 'reply', reply)).status).toBe(200);
    const { payload } = events().find(({ payload }) => payload.message?.author?.type === 'user');
    expect(payload).toMatchObject({
      conversation: { id: conversation },
      message: {
        content: { type: 'text', text: 'Hoi' },
        source: { type: 'twilio', integrationId: SUNSHINE.smsIntegration, client: { externalId: CONTACT } },
      },
    });
  });
});
