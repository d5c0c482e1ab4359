import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Notification } from '../../shared/contracts/queue-messages.ts';
import { createConfigurationReader } from '../../shared/store/configuration.ts';
import { keepGivenUp } from '../../shared/store/given-up.ts';
import { findReceivers } from '../../shared/store/receivers.ts';
import { noteFailure } from '../../shared/store/webhook-health.ts';
import { createRequester } from '../../shared/webhooks/requester.ts';
import { openSecrets } from '../../shared/webhooks/secrets.ts';
import { createTestClock } from '../support/api-clock.ts';
import { ORGANIZATION, USER } from '../support/api-seed.ts';
import { type Api, PEPPER, startWorld, type World } from '../support/api-world.ts';
import { createFakeQueue, type FakeQueue, NOW, newId } from '../support/builders.ts';
import { type Receiver, startReceiver } from '../webhooks/receiver.ts';

let world: World;
let api: Api;
let receiver: Receiver;
let notifications: FakeQueue<Notification>;
const tokens: Record<'admin' | 'shopAdmin' | 'stranger', string> = { admin: '', shopAdmin: '', stranger: '' };
beforeAll(async () => {
  world = await startWorld();
  receiver = await startReceiver();
  tokens.admin = await world.token(USER.admin, 'admin');
  tokens.shopAdmin = await world.token(USER.shopAdmin, 'admin');
  tokens.stranger = await world.token(USER.stranger, 'admin');
});
afterAll(async () => {
  await receiver?.stop();
  await world?.stop();
});
beforeEach(() => {
  notifications = createFakeQueue();
  const webhooks = { requester: createRequester({ loopback: true }), notifications, loopback: true };
  api = world.createApi({ clock: createTestClock(), parts: { webhooks } });
});

const call = (method: string, path: string, body?: object, token = tokens.admin) =>
  api.send({
    method,
    path: `/v2/services${path}`,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
const hook = (params: object = {}, rest: object = {}) => ({
  organization: ORGANIZATION.shop,
  name: 'My bot',
  type: 'webhook',
  params: { url: `${receiver.url}/hook`, ...params },
  ...rest,
});
const made = async (params: object = {}, rest: object = {}) => (await call('POST', '', hook(params, rest))).body;
const stored = async (id: string) =>
  (await world.items()).find((item) => item.pk === `O#${ORGANIZATION.shop}` && item.id === id);

describe('a new webhook', () => {
  it('is unverified, asked nothing, and shows the secret that was made for it, once', async () => {
    const asked = receiver.received.length;
    const { status, body } = await call('POST', '', hook({ events: ['message.create.*.*'] }, { meta: { team: 'a' } }));
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      organization: ORGANIZATION.shop,
      orgPath: `${ORGANIZATION.root}#${ORGANIZATION.shop}`,
      name: 'My bot',
      type: 'webhook',
      status: 'unverified',
      params: {
        url: `${receiver.url}/hook`,
        events: ['message.create.*.*'],
        secret: expect.stringMatching(/^[\w-]{32}$/),
      },
      meta: { team: 'a' },
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    expect(receiver.received).toHaveLength(asked);
    const { params: shown, ...rest } = body;
    const { secret: _secret, ...params } = shown;
    expect((await call('GET', `/${body.id}`)).body).toEqual({ ...rest, params });
  });

  it('keeps its secret, user and password sealed in the table, for itself alone', async () => {
    const url = receiver.url.replace('http://', 'http://me:open-sesame@');
    const { id, params } = await made({ url, secret: 'chosen-by-me' });
    expect(params).toEqual({ url: `${receiver.url}/`, secret: 'chosen-by-me' });
    const item = (await stored(id)) ?? {};
    expect(JSON.stringify(item)).not.toMatch(/chosen-by-me|open-sesame/);
    const place = { organization: ORGANIZATION.shop, id, sealed: String(item.sealed) };
    expect(openSecrets(PEPPER, place)).toEqual({
      secret: 'chosen-by-me',
      authorization: `Basic ${Buffer.from('me:open-sesame').toString('base64')}`,
    });
    expect(() => openSecrets(PEPPER, { ...place, id: newId() })).toThrow();
    expect(() => openSecrets('another pepper', place)).toThrow();
  });

  it.each<[string, object, string]>([
    ['no URL', { url: undefined }, 'params.url'],
    ['plain HTTP to somebody else', { url: 'http://hooks.example.com/' }, 'params.url'],
    ['a private address', { url: 'https://10.0.0.1/' }, 'params.url'],
    ['no pattern', { events: ['Message Create'] }, 'params.events.0'],
    ['a pattern of half a part', { events: ['message.cre*'] }, 'params.events.0'],
    ['an empty secret', { secret: '' }, 'params.secret'],
  ])('is refused with %s', async (_what, params, path) => {
    const { status, body } = await call('POST', '', hook(params));
    expect([status, body.error.details[0]?.path]).toEqual([400, path]);
  });

  it('is one of 20 at most', async () => {
    const organization = ORGANIZATION.brazil;
    for (let count = 0; count < 20; count++) {
      expect((await call('POST', '', hook({}, { organization }))).status).toBe(201);
    }
    expect((await call('POST', '', hook({}, { organization }))).status).toBe(400);
  });
});

describe('a webhook that is changed', () => {
  it('becomes active by answering its challenge, and not otherwise', async () => {
    const { id } = await made();
    receiver.reacts({ status: 200, body: 'something else' });
    const refused = await call('PATCH', `/${id}`, { status: 'active', name: 'Renamed' });
    expect([refused.status, refused.body.error.code]).toEqual([403, 'webhook_unverified']);
    expect((await call('GET', `/${id}`)).body).toMatchObject({ status: 'unverified', name: 'My bot' });
    const verified = await call('PATCH', `/${id}`, { status: 'active' });
    expect([verified.status, verified.body.status]).toEqual([200, 'active']);
    expect(receiver.received.at(-1)?.path).toMatch(/^\/hook\?type=subscribe&challenge=/);
  });

  it('has to answer at a new URL, and stays at the old one if it does not', async () => {
    const { id } = await made();
    await call('PATCH', `/${id}`, { status: 'active' });
    receiver.reacts({ status: 404 });
    const moved = { params: { url: `${receiver.url}/elsewhere` } };
    expect((await call('PATCH', `/${id}`, moved)).status).toBe(403);
    expect((await call('GET', `/${id}`)).body.params.url).toBe(`${receiver.url}/hook`);
    expect((await call('PATCH', `/${id}`, moved)).body).toMatchObject({ status: 'active', params: moved.params });
  });

  it('is not asked for what the challenge does not depend on', async () => {
    const { id, params } = await made({ events: ['user.*'] });
    const asked = receiver.received.length;
    const { body } = await call('PATCH', `/${id}`, { name: 'Renamed', params: { url: params.url }, meta: { a: 1 } });
    expect(body).toMatchObject({ name: 'Renamed', status: 'unverified', params: { url: params.url }, meta: { a: 1 } });
    expect(body.params).not.toHaveProperty('events');
    expect(receiver.received).toHaveLength(asked);
  });

  it('keeps its secret unless another is given, and its password while the URL stays', async () => {
    const url = receiver.url.replace('http://', 'http://me:open-sesame@');
    const { id } = await made({ url, secret: 'first' });
    const secretsOf = async () => {
      const { sealed } = (await stored(id)) ?? {};
      return openSecrets(PEPPER, { organization: ORGANIZATION.shop, id, sealed: String(sealed) });
    };
    await call('PATCH', `/${id}`, { params: { url: receiver.url, events: [] } });
    expect(await secretsOf()).toMatchObject({ secret: 'first', authorization: expect.stringContaining('Basic ') });
    const answer = await call('PATCH', `/${id}`, { params: { url: `${receiver.url}/new`, secret: 'second' } });
    expect(await secretsOf()).toEqual({ secret: 'second' });
    expect(JSON.stringify(answer.body)).not.toContain('second');
  });

  it('may be switched off by its owner, and starts with a clean record when it is active again', async () => {
    const { id } = await made();
    await noteFailure(world.table, id, NOW);
    expect((await call('PATCH', `/${id}`, { status: 'disabled' })).body.status).toBe('disabled');
    expect((await call('PATCH', `/${id}`, { status: 'active' })).body.status).toBe('active');
    expect(await noteFailure(world.table, id, NOW + 5)).toBe(NOW + 5);
  });

  it('loses no change when two come at once', async () => {
    const { id } = await made();
    await Promise.all([
      call('PATCH', `/${id}`, { name: 'Renamed' }),
      call('PATCH', `/${id}`, { meta: { a: 1 } }),
      call('PATCH', `/${id}`, { status: 'active' }),
    ]);
    expect((await call('GET', `/${id}`)).body).toMatchObject({ name: 'Renamed', meta: { a: 1 }, status: 'active' });
  });
});

describe('a service that carries messages', () => {
  const secret = `overture/test/sms/${ORGANIZATION.shop}/main`;
  const twilio = (params: object = {}) => ({
    organization: ORGANIZATION.shop,
    type: 'twilio',
    params: { accountSid: 'AC1', from: '+12025550100', secret, ...params },
  });

  it('is active at once, names its secret, and is found by what carries messages', async () => {
    const { status, body } = await call('POST', '', twilio(), tokens.shopAdmin);
    expect(status).toBe(201);
    expect(body).toMatchObject({ status: 'active', type: 'twilio', params: { accountSid: 'AC1', secret } });
    const configuration = createConfigurationReader(world.table, createTestClock());
    expect((await configuration.service(body.id))?.params.from).toBe('+12025550100');
  });

  it.each([
    ['another organization’s', `overture/test/sms/${ORGANIZATION.other}/main`],
    ['that of one above it which the caller does not reach', `overture/test/sms/${ORGANIZATION.root}/main`],
    ['nobody’s', 'overture/test/sms/main'],
    ['another stage’s', `overture/prod/sms/${ORGANIZATION.shop}/main`],
    ['another touchpoint’s', `overture/test/whatsapp/${ORGANIZATION.shop}/main`],
    ['a way out of its own', `overture/test/sms/${ORGANIZATION.shop}/../x/*`],
    ['the pepper', 'arn:aws:secretsmanager:eu-west-1:1:secret:Pepper'],
  ])('cannot name a secret that is %s', async (_whose, name) => {
    const { status, body } = await call('POST', '', twilio({ secret: name }), tokens.shopAdmin);
    expect([status, body.error.details[0]?.path]).toEqual([400, 'params.secret']);
  });

  it('may name one of an organization above it that the caller reaches', async () => {
    const shared = twilio({ secret: `overture/test/sms/${ORGANIZATION.root}/main` });
    expect((await call('POST', '', shared)).status).toBe(201);
  });

  it('takes no credentials into the table', async () => {
    const { status, body } = await call('POST', '', twilio({ authToken: 'x' }));
    expect([status, body.error.details[0]?.path]).toEqual([400, 'params.authToken']);
    expect(body.error.message).not.toContain('"x"');
  });

  it.each(['ses', 'aws-sms', 'aws-social'])(
    'of type %s is made by those of the root only: it sends as the installation itself',
    async (type) => {
      const service = { organization: ORGANIZATION.shop, type, params: {} };
      expect((await call('POST', '', service, tokens.shopAdmin)).status).toBe(403);
      expect((await call('POST', '', service)).status).toBe(201);
    },
  );

  it('is found by where it receives, as it is by now, and not when it is gone', async () => {
    const name = `${newId()}@in.example.com`;
    const other = `${newId()}@in.example.com`;
    const service = { organization: ORGANIZATION.shop, type: 'ses', params: { from: name } };
    const { body } = await call('POST', '', service);
    const noted = async (address: string) =>
      (
        await findReceivers(world.table, [address], (id) =>
          createConfigurationReader(world.table, createTestClock(), 0).service(id),
        )
      ).map(({ service: found }) => found.id);
    expect([await noted(name), await noted(other)]).toEqual([[body.id], []]);
    await call('PATCH', `/${body.id}`, { params: { from: other } });
    expect([await noted(name), await noted(other)]).toEqual([[], [body.id]]);
    const left = async () => (await world.items()).filter(({ sk }) => sk === body.id).length;
    expect(await left()).toBe(1);
    expect((await call('DELETE', `/${body.id}`)).status).toBe(204);
    expect(await left()).toBe(0);
    expect((await call('GET', `/${body.id}`)).status).toBe(404);
  });
});

describe('services', () => {
  it('are listed for one organization, filtered and sorted', async () => {
    const organization = ORGANIZATION.strict;
    await made({}, { organization, name: 'B' });
    await made({}, { organization, name: 'A' });
    const { status, body, headers } = await call('GET', `?organization=${organization}&type=webhook&sort=name&limit=1`);
    expect([status, body.map(({ name }: { name: string }) => name), headers['x-total-count']]).toEqual([
      200,
      ['A'],
      '2',
    ]);
    expect(headers.link).toContain('rel="next"');
    expect(JSON.stringify(body)).not.toContain('secret');
  });

  it('are for admins, and of other organizations nobody’s', async () => {
    const { id } = await made();
    expect((await call('GET', '', undefined, world.botToken)).status).toBe(403);
    for (const [method, path, body] of [
      ['GET', `/${id}`],
      ['PATCH', `/${id}`, { name: 'Mine' }],
      ['DELETE', `/${id}`],
      ['GET', `/${id}/deliveries`],
      ['POST', `/${id}/replay`],
      ['GET', `?organization=${ORGANIZATION.shop}`],
      ['POST', '', hook()],
    ] as const) {
      expect((await call(method, path, body, tokens.stranger)).status, `${method} ${path}`).toBe(404);
    }
    expect((await call('GET', `/${id}`)).body.name).toBe('My bot');
  });

  it('that are not there cannot be read, changed or deleted', async () => {
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      expect((await call(method, `/${newId()}`, method === 'PATCH' ? {} : undefined)).status).toBe(404);
    }
  });
});

describe('what a webhook was not told of', () => {
  const notification = (service: string, index: number): Notification => ({
    delivery: newId(),
    service,
    owner: ORGANIZATION.shop,
    organization: ORGANIZATION.shop,
    event: 'message.create.contact.chat',
    at: NOW,
    ids: { conversation: newId(), message: newId(), key: 'M#1#1' },
    attempt: 3,
    since: NOW + index,
    notBefore: NOW + index,
  });
  async function given(count: number) {
    const { id } = await made();
    const missed = Array.from({ length: count }, (_, index) => notification(id, index));
    for (const one of missed) await keepGivenUp(world.table, one, '503', NOW + 100);
    return { id, missed };
  }

  it('is listed, newest first, page by page', async () => {
    const { id, missed } = await given(3);
    const [first, second, third] = missed as [Notification, Notification, Notification];
    const page = await call('GET', `/${id}/deliveries?limit=2`);
    expect(page.body).toEqual([
      {
        id: third.delivery,
        event: third.event,
        organization: ORGANIZATION.shop,
        ids: { conversation: third.ids.conversation, message: third.ids.message },
        at: new Date(NOW).toISOString(),
        code: '503',
        attempts: 4,
        givenUpAt: new Date(NOW + 100).toISOString(),
      },
      expect.objectContaining({ id: second.delivery }),
    ]);
    const next = new URL(/^<(.+)>/.exec(String(page.headers.link))?.[1] ?? '');
    const last = await call('GET', `/${id}/deliveries${next.search}`);
    expect(last.body).toEqual([expect.objectContaining({ id: first.delivery })]);
    expect(last.headers).not.toHaveProperty('link');
    expect((await call('GET', `/${id}/deliveries?cursor=nonsense`)).status).toBe(400);
  });

  it('is sent again, oldest first, with its ids, and is not kept any more', async () => {
    const { id, missed } = await given(3);
    expect((await call('POST', `/${id}/replay`)).status).toBe(400);
    await call('PATCH', `/${id}`, { status: 'active' });
    const { status, body } = await call('POST', `/${id}/replay`);
    expect([status, body]).toEqual([202, { replayed: 3, left: false }]);
    const now = api.parts.clock.now();
    const expected = missed.map(({ notBefore: _notBefore, ...one }) => ({ ...one, attempt: 0, since: now }));
    expect(notifications.bodies()).toEqual(expected);
    expect(notifications.sent.map(({ group }) => group)).toEqual([id, id, id]);
    expect((await call('POST', `/${id}/replay`)).body).toEqual({ replayed: 0, left: false });
  });

  it('is still kept when the queue does not take it', async () => {
    const { id } = await given(1);
    await call('PATCH', `/${id}`, { status: 'active' });
    notifications.refuseNext();
    expect((await call('POST', `/${id}/replay`)).status).toBe(503);
    expect((await call('GET', `/${id}/deliveries`)).body).toHaveLength(1);
  });
});
