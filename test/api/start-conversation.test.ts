import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestClock } from '../support/api-clock.ts';
import { aroundCalls } from '../support/api-faults.ts';
import { emailMessage, newEmail, newTelephone, smsMessage, startRequest, startWith } from '../support/api-requests.ts';
import { AVATAR, ORGANIZATION, pathOf, SERVICE, USER } from '../support/api-seed.ts';
import { APP_URL, type Api, startWorld, type World } from '../support/api-world.ts';

const CLOCK_START = Date.UTC(2026, 4, 12, 9, 30);
const OBJECT_ID = /^[0-9a-f]{24}$/;

let world: World;
let api: Api;
beforeAll(async () => {
  world = await startWorld();
});
beforeEach(() => {
  api = world.createApi({ clock: createTestClock(CLOCK_START) });
});
afterAll(() => world?.stop());

const itemsOf = async (conversation: string) => (await world.items()).filter(({ pk }) => pk === `C#${conversation}`);

describe('POST /v2/conversations', () => {
  const identifiers = [
    ['an email', () => ({ email: newEmail() })],
    ['a telephone', () => ({ telephone: newTelephone() })],
    ['both', () => ({ email: newEmail(), telephone: newTelephone() })],
  ] as const;

  it.each(identifiers)('answers 201 to a new person with %s, then 200 with the same conversation', async (_, make) => {
    const profile = make();
    const first = await api.post('/v2/conversations', startWith(profile));
    const second = await api.post('/v2/conversations', startWith(profile));
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body.id).toBe(first.body.id);
    expect(second.body.contact).toBe(first.body.contact);
    expect(second.body.slug).toBe(first.body.slug);
    expect(second.body.messages).toHaveLength(1);
    expect(second.body.messages).not.toEqual(first.body.messages);
  });

  it('finds somebody who started with both by either of them', async () => {
    const both = { email: newEmail(), telephone: newTelephone() };
    const started = await api.post('/v2/conversations', startWith(both));
    const byEmail = await api.post('/v2/conversations', startWith({ email: both.email }));
    const byTelephone = await api.post('/v2/conversations', startWith({ telephone: both.telephone }));
    expect([started.status, byEmail.status, byTelephone.status]).toEqual([201, 200, 200]);
    expect(new Set([started, byEmail, byTelephone].map(({ body }) => body.id)).size).toBe(1);
  });

  it('answers with every field of the reference page, before the first tick', async () => {
    const { status, headers, body } = await api.post(
      '/v2/conversations',
      startRequest({
        contact: { profile: { name: 'John Johnson', telephone: newTelephone() } },
        messages: [
          smsMessage(),
          { text: 'How are you?', role: 'agent' },
          { text: '/leave', type: 'command', delay: 3000 },
        ],
      }),
    );
    const now = new Date(CLOCK_START).toISOString();
    expect(status).toBe(201);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(body).toEqual({
      organization: ORGANIZATION.shop,
      orgPath: pathOf(ORGANIZATION.shop),
      name: 'John Johnson',
      type: 'contact',
      slug: expect.stringMatching(/^[A-Z0-9]{9}$/),
      url: `${APP_URL}/c/${body.slug}`,
      status: 'queued',
      contact: expect.stringMatching(OBJECT_ID),
      participants: [
        {
          user: USER.bot,
          organization: ORGANIZATION.shop,
          name: 'testbot',
          avatar: AVATAR,
          role: 'agent',
          active: false,
          accepted: false,
          inbox: false,
          unreadCount: 0,
          follow: false,
          createdAt: now,
          updatedAt: now,
        },
      ],
      messages: [0, 1, 2].map(() => expect.stringMatching(OBJECT_ID)),
      channels: [],
      channelsOffline: [],
      touchpoint: 'sms',
      touchpoints: { sms: { services: [SERVICE.sms], selected: true } },
      forms: [],
      results: [],
      createdBy: USER.bot,
      createdAt: now,
      updatedAt: now,
      id: expect.stringMatching(OBJECT_ID),
    });
    expect(body.contact).not.toBe(body.id);
    expect(new Set([body.id, body.contact, ...body.messages]).size).toBe(5);
  });

  it('keeps name, language, meta and tags that the caller gives', async () => {
    const given = { name: 'Order 17', language: 'de', meta: { order: 17, vip: true }, tags: ['late'] };
    const { body } = await api.post('/v2/conversations', startRequest(given));
    expect(body).toMatchObject(given);
    expect((await api.get(`/v2/conversations/${body.id}`)).body).toMatchObject(given);
  });

  it('invents a name of two words for a person without one', async () => {
    const { body } = await api.post('/v2/conversations', startWith({ email: newEmail() }));
    expect(body.name).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/);
  });

  it('takes null for what is left out', async () => {
    const { status, body } = await api.post(
      '/v2/conversations',
      startRequest({
        id: null,
        name: null,
        meta: null,
        tags: null,
        language: null,
        contact: { profile: { name: null, email: newEmail(), telephone: null } },
        messages: [{ ...emailMessage(), meta: null, delay: null, user: null, type: null }],
      }),
    );
    expect(status).toBe(201);
    expect(body.messages).toHaveLength(1);
  });

  it('lists the caller once, with the role of their nearest organization', async () => {
    const inRoot = await api.post('/v2/conversations', startRequest({ organization: ORGANIZATION.bare }));
    expect(inRoot.body.participants).toMatchObject([{ user: USER.bot, role: 'bot' }]);
    const named = await api.post(
      '/v2/conversations',
      startRequest({ messages: [{ ...emailMessage(), user: USER.agent }] }),
    );
    expect(named.body.participants).toMatchObject([{ user: USER.agent, name: 'Ada Agent', role: 'agent' }]);
    expect(named.body.createdBy).toBe(USER.bot);
  });
});

describe('what a start stores', () => {
  it('is a conversation, an item per message in order, and an identity per identifier', async () => {
    const profile = { email: newEmail(), telephone: newTelephone() };
    const before = new Set((await world.items()).map(({ pk, sk }) => `${pk} ${sk}`));
    const { body } = await api.post(
      '/v2/conversations',
      startRequest({
        contact: { profile },
        messages: [
          { text: 'Later', role: 'agent', touchpoint: 'sms', delay: 60_000 },
          { text: 'Now', role: 'agent', touchpoint: 'email' },
        ],
      }),
    );
    const added = (await world.items()).filter(({ pk, sk }) => !before.has(`${pk} ${sk}`));
    const kinds = added.map(({ pk, sk }) => `${String(pk).slice(0, 1)} ${String(sk).slice(0, 1)}`).sort();
    expect(kinds).toEqual(['C @', 'C M', 'C M', 'I @', 'I @']);

    const messages = added
      .filter(({ sk }) => String(sk).startsWith('M#'))
      .sort((a, b) => (String(a.sk) < String(b.sk) ? -1 : 1));
    expect(messages).toMatchObject([
      {
        sk: `M#${CLOCK_START}#0000000002`,
        id: body.messages[1],
        text: 'Now',
        state: 'pending',
        attempt: 0,
        touchpoint: 'email',
      },
      {
        sk: `M#${CLOCK_START + 60_000}#0000000001`,
        id: body.messages[0],
        text: 'Later',
        state: 'pending',
        touchpoint: 'sms',
      },
    ]);
    expect(messages.every(({ user }) => user === USER.bot)).toBe(true);
    const identities = added.filter(({ pk }) => String(pk).startsWith('I#'));
    expect(identities.map(({ conversation }) => conversation)).toEqual([body.id, body.id]);
    expect(added.find(({ sk, pk }) => sk === '@' && String(pk).startsWith('C#'))).toMatchObject({
      org: ORGANIZATION.shop,
      orgPath: pathOf(ORGANIZATION.shop),
      profile,
      seq: 2,
      lastAt: CLOCK_START,
      status: 'queued',
    });
  });

  it('holds no personal data in any key', async () => {
    const profile = { name: 'Keyless Person', email: 'keyless.person@example.com', telephone: '+31612348765' };
    await api.post('/v2/conversations', startWith(profile));
    const keys = (await world.items()).flatMap(({ pk, sk }) => [String(pk), String(sk)]);
    const traces = /keyless|person|example\.com|12348765|@./i;
    expect(keys.filter((key) => traces.test(key))).toEqual([]);
    expect(keys.some((key) => key.startsWith(`I#${ORGANIZATION.shop}#e#`))).toBe(true);
  });

  it('names no personal data in the queue either: keys only', async () => {
    const { body } = await api.post('/v2/conversations', startWith({ name: 'Queue Person', email: newEmail() }));
    const ticks = await world.receiveTicks();
    expect(ticks.map(({ conversation }) => conversation)).toContain(body.id);
    expect(new Set(ticks.map((tick) => Object.keys(tick).sort().join()))).toEqual(
      new Set(['conversation,key,organization']),
    );
  });

  it('keeps a body above 1 KB apart, and reads it back whole', async () => {
    const text = `${'0123456789'.repeat(110)} é 漢字 👩‍🚗`;
    const meta = { subject: 'Long', order: 17 };
    const { body } = await api.post(
      '/v2/conversations',
      startRequest({ messages: [{ ...emailMessage(text), meta }, emailMessage('Short')] }),
    );
    const items = await itemsOf(body.id);
    const apart = items.filter(({ sk }) => String(sk).startsWith('B#'));
    expect(apart).toMatchObject([{ sk: `B#${body.messages[0]}`, text, meta }]);
    const long = items.find(({ id }) => id === body.messages[0]);
    expect(long).not.toHaveProperty('text');
    expect(long).not.toHaveProperty('meta');
    expect(JSON.stringify(long).length).toBeLessThan(1024);

    expect((await api.get(`/v2/messages/${body.messages[0]}`)).body).toMatchObject({ text, meta });
    const read = await api.get(`/v2/conversations/${body.id}?populate=messages`);
    expect(read.body.messages.map((message: { text: string }) => message.text)).toEqual([text, 'Short']);
  });

  it('takes 40 messages at once, for a new person and for a known one', async () => {
    const texts = Array.from({ length: 40 }, (_, index) => `Message ${index + 1}`);
    const request = startRequest({ messages: texts.map((text) => emailMessage(text)) });
    const first = await api.post('/v2/conversations', request);
    const second = await api.post('/v2/conversations', request);
    expect([first.status, second.status]).toEqual([201, 200]);
    const read = await api.get(`/v2/conversations/${first.body.id}?populate=messages`);
    expect(read.body.messages.map((message: { text: string }) => message.text)).toEqual([...texts, ...texts]);
    expect(read.body.messages.map(({ id }: { id: string }) => id)).toEqual([
      ...first.body.messages,
      ...second.body.messages,
    ]);
    const ticks = (await world.receiveTicks()).filter(({ conversation }) => conversation === first.body.id);
    expect(new Set(ticks.map(({ key }) => key)).size).toBe(80);
  });
});

describe('the ticks of a start', () => {
  it('are one per message, grouped by organization, each delayed until it is due', async () => {
    const entries: { MessageGroupId?: string; DelaySeconds?: number; MessageBody?: string }[] = [];
    aroundCalls(api.queue, async ({ input }, proceed) => {
      entries.push(...(input.Entries ?? []));
      return proceed();
    });
    const lengthBefore = await world.queueLength();
    const delays = [0, 1, 3000, 3001, 900_000, 2_592_000_000];
    const { body } = await api.post(
      '/v2/conversations',
      startRequest({ messages: delays.map((delay) => ({ ...emailMessage(), delay })) }),
    );
    expect(body.messages).toHaveLength(6);
    expect(await world.queueLength()).toBe(lengthBefore + 6);
    expect(entries.map(({ DelaySeconds = 0 }) => DelaySeconds)).toEqual([0, 1, 3, 4, 900, 900]);
    expect(new Set(entries.map(({ MessageGroupId }) => MessageGroupId))).toEqual(new Set([ORGANIZATION.shop]));
    expect(entries.map(({ MessageBody = '' }) => JSON.parse(MessageBody))).toEqual(
      delays.map((delay, index) => ({
        conversation: body.id,
        organization: ORGANIZATION.shop,
        key: `M#${CLOCK_START + delay}#${String(index + 1).padStart(10, '0')}`,
      })),
    );
  });
});
