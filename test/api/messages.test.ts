import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WHATSAPP_WINDOW_MS } from '../../shared/domain/whatsapp-window.ts';
import { conversationKey } from '../../shared/store/keys.ts';
import { putItem, updateItem } from '../../shared/store/table.ts';
import { createTestClock, type TestClock } from '../support/api-clock.ts';
import { emailMessage, newEmail, newTelephone, smsMessage, startRequest, startWith } from '../support/api-requests.ts';
import { ORGANIZATION, pathOf, USER } from '../support/api-seed.ts';
import { type Api, startWorld, type World } from '../support/api-world.ts';

let world: World;
let api: Api;
let clock: TestClock;
beforeAll(async () => {
  world = await startWorld();
});
beforeEach(() => {
  clock = createTestClock();
  api = world.createApi({ clock });
});
afterAll(() => world?.stop());

// biome-ignore lint/suspicious/noExplicitAny: requests and answers are read as a client would
type Json = any;

const post = (path: string, body: Json) => {
  clock.advance(1000);
  return api.post(path, body);
};
const start = async (overrides: Json = {}): Promise<Json> =>
  (await post('/v2/conversations', startRequest(overrides))).body;
const startByBoth = (messages: Json[]) =>
  start({ contact: { profile: { email: newEmail(), telephone: newTelephone() } }, messages });
const say = (conversation: string, messages: Json) => post(`/v2/conversations/${conversation}/messages`, messages);
const agent = (text: string, fields: Json = {}) => ({ text, role: 'agent', ...fields });
const readMessages = async (conversation: string): Promise<Json[]> =>
  (await api.get(`/v2/conversations/${conversation}?populate=messages`)).body.messages;

describe('POST /v2/conversations/{id}/messages', () => {
  it('answers 201 with the message, as the reference page of message types shows it', async () => {
    const { id } = await start();
    const { status, body } = await say(id, { text: 'Hello' });
    const now = new Date(clock.now()).toISOString();
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      organization: ORGANIZATION.shop,
      orgPath: pathOf(ORGANIZATION.shop),
      conversation: id,
      type: 'chat',
      role: 'bot',
      user: USER.bot,
      contentType: 'text/plain',
      text: 'Hello',
      createdAt: now,
      updatedAt: now,
    });
  });

  it('answers an array with an array, in its order', async () => {
    const { id } = await start();
    const { status, body } = await say(id, [
      agent('1'),
      { text: '2' },
      { text: '/leave', type: 'command', delay: 3000 },
    ]);
    expect(status).toBe(201);
    expect(body.map(({ text, role, type, delay }: Json) => [text, role, type, delay])).toEqual([
      ['1', 'agent', 'chat', undefined],
      ['2', 'bot', 'chat', undefined],
      ['/leave', 'bot', 'command', 3000],
    ]);
    expect((await say(id, [agent('alone')])).body).toMatchObject([{ text: 'alone' }]);
  });

  it('takes what the SDK adds: the conversation in the body, null in meta', async () => {
    const { id } = await start();
    const { status, body } = await say(id, {
      text: '/notify',
      type: 'command',
      meta: { channels: ['5b99be371951542b5f47eeb4'], organizations: null },
      conversation: id,
    });
    expect(status).toBe(201);
    expect(body.meta).toEqual({ channels: ['5b99be371951542b5f47eeb4'], organizations: null });
  });

  it('keeps what a message carries beside its text', async () => {
    const { id } = await start();
    const rich = {
      text: 'Choose',
      type: 'card',
      contentType: 'text/html',
      meta: { quotedMessage: 'x', step: 2, last: false },
      actions: [
        { type: 'reply', text: 'Yes', payload: 'yes' },
        { type: 'reply', payload: 'No' },
      ],
      items: [
        {
          title: 'One',
          mediaUrl: 'https://example.com/1.png',
          actions: [{ type: 'link', text: 'Open', uri: 'https://example.com' }],
        },
      ],
      results: [
        { name: 'colour', values: ['blue', 7] },
        { name: 'Review', values: { review: 'Awesome' } },
      ],
      isBackchannel: true,
    };
    const { body } = await say(id, rich);
    expect(body).toMatchObject(rich);
    expect((await api.get(`/v2/messages/${body.id}`)).body).toEqual(body);
  });

  it('stores items without text when they are not for the contact', async () => {
    const { id } = await start();
    const { status, body } = await say(id, { items: [{ title: 'One' }] });
    expect([status, body.items]).toEqual([201, [{ title: 'One' }]]);
  });

  it('names the sender that the message names, and none for a message of the contact', async () => {
    const { id } = await start();
    const { body } = await say(id, [
      agent('As Ada', { user: USER.agent }),
      { text: 'As John', role: 'contact' },
      agent('As bot'),
    ]);
    expect(body.map(({ user }: Json) => user)).toEqual([USER.agent, undefined, USER.bot]);
  });

  it('counts a delay from the request, whatever the others have', async () => {
    const { id } = await start();
    const { body } = await say(id, [agent('later', { delay: 2000 }), agent('now'), agent('latest', { delay: 9000 })]);
    const acceptedAt = clock.now();
    const items = (await world.items()).filter(({ pk, sk }) => pk === `C#${id}` && String(sk).startsWith('M#'));
    const keyOf = (index: number) => items.find((item) => item.id === body[index].id)?.sk;
    expect([keyOf(0), keyOf(1), keyOf(2)]).toEqual([
      `M#${acceptedAt + 2000}#0000000002`,
      `M#${acceptedAt}#0000000003`,
      `M#${acceptedAt + 9000}#0000000004`,
    ]);
  });
});

describe('the touchpoint of a message', () => {
  const touchpointsOf = (answer: Json) => answer.body.map(({ touchpoint }: Json) => touchpoint);

  it('is its own, else the one in force, which its own becomes', async () => {
    const { id } = await startByBoth([smsMessage(), agent('also by sms')]);
    expect((await readMessages(id)).map(({ touchpoint }) => touchpoint)).toEqual(['sms', 'sms']);
    expect((await say(id, agent('in force'))).body.touchpoint).toBe('sms');
    expect((await say(id, emailMessage())).body.touchpoint).toBe('email');
    expect((await say(id, agent('in force now'))).body.touchpoint).toBe('email');
    const { body } = await api.get(`/v2/conversations/${id}`);
    expect(body.touchpoint).toBe('email');
    expect(body.touchpoints).toMatchObject({ sms: { selected: false }, email: { selected: true } });
  });

  it('is the one in force for those before the first that names its own', async () => {
    const { id } = await startByBoth([emailMessage(), smsMessage()]);
    expect(touchpointsOf(await say(id, [agent('by sms'), emailMessage(), agent('by email')]))).toEqual([
      'sms',
      'email',
      'email',
    ]);
    expect((await api.get(`/v2/conversations/${id}`)).body.touchpoint).toBe('email');
  });

  it('is that of the one before it, not that of the last of the request', async () => {
    const { id } = await startByBoth([emailMessage(), smsMessage()]);
    expect(touchpointsOf(await say(id, [emailMessage(), agent('by email'), smsMessage()]))).toEqual([
      'email',
      'email',
      'sms',
    ]);
  });

  it('is that of the one before it, in a request that attaches an identifier too', async () => {
    const telephone = newTelephone();
    const started = await start({
      contact: { profile: { email: newEmail(), telephone } },
      messages: [emailMessage(), smsMessage()],
    });
    const answer = await post(
      '/v2/conversations',
      startWith({ telephone, email: newEmail() }, { messages: [emailMessage(), agent('by email')] }),
    );
    expect(answer.body.id).toBe(started.id);
    const added = (await readMessages(started.id)).filter(({ id }) => answer.body.messages.includes(id));
    expect(added.map(({ touchpoint }) => touchpoint)).toEqual(['email', 'email']);
  });

  it('does not exist for what the contact never gets, and is not changed by it', async () => {
    const { id } = await startByBoth([smsMessage()]);
    const answer = await say(id, [
      { text: 'For agents' },
      agent('Whisper', { isBackchannel: true }),
      { text: '/leave', type: 'command' },
      { text: 'Hi', role: 'contact' },
    ]);
    expect(touchpointsOf(answer)).toEqual([undefined, undefined, undefined, undefined]);
    expect(answer.body.map(({ delivery }: Json) => delivery)).toEqual([undefined, undefined, undefined, undefined]);
    expect((await api.get(`/v2/conversations/${id}`)).body.touchpoint).toBe('sms');
  });

  it('may be one that the conversation uses for the first time', async () => {
    const { id, touchpoints } = await startByBoth([emailMessage()]);
    expect(Object.keys(touchpoints)).toEqual(['email']);
    expect((await say(id, smsMessage())).body.touchpoint).toBe('sms');
    expect(Object.keys((await api.get(`/v2/conversations/${id}`)).body.touchpoints).sort()).toEqual(['email', 'sms']);
  });
});

describe('a WhatsApp template', () => {
  const whatsapp = (meta: Json, text = 'The text of the caller') => ({
    text,
    role: 'agent',
    touchpoint: 'whatsapp',
    meta,
  });
  async function startBy(meta: Json, overrides: Json = {}, profile: Json = {}) {
    const answer = await post(
      '/v2/conversations',
      startWith({ telephone: newTelephone(), ...profile }, { messages: [whatsapp(meta)], ...overrides }),
    );
    expect([answer.status, answer.body.error]).toEqual([201, undefined]);
    const message = (await api.get(`/v2/messages/${answer.body.messages[0]}`)).body;
    return { id: answer.body.id as string, message };
  }

  it('replaces the text, and the text of the caller is kept', async () => {
    const { message } = await startBy({ template: 'your_car_is_ready', language: 'en' });
    expect(message).toMatchObject({ text: 'Your car is ready!', touchpoint: 'whatsapp' });
    expect(message.meta).toEqual({
      template: 'your_car_is_ready',
      language: 'en',
      callerText: 'The text of the caller',
    });
  });

  it('is filled in with the parameters, by position', async () => {
    const { message, id } = await startBy({ template: 'appointment', parameters: ['John', 12] });
    expect(message.text).toBe('Beste John, tot 12.');
    const item = (await world.items()).find(({ pk, sk }) => pk === `C#${id}` && String(sk).startsWith('M#'));
    expect(item?.template).toEqual({ name: 'appointment', language: 'nl', parameters: ['John', '12'] });
  });

  it('is filled in with the parameters, by name', async () => {
    const { message } = await startBy({ template: 'appointment', parameters: { 2: 12, 1: 'John' } });
    const byPosition = await startBy({ template: 'appointment', parameters: ['John', 12] });
    expect(message.text).toBe(byPosition.message.text);
    expect(message.meta.parameters).toEqual({ 1: 'John', 2: 12 });
  });

  it('may be a fallback: the text is accepted outside the window, and for a known contact too', async () => {
    const meta = { fallbackTemplate: 'appointment', fallbackParameters: { 1: 'John', 2: 12 } };
    const { message, id } = await startBy(meta);
    expect(message).toMatchObject({ text: 'The text of the caller', meta });
    const again = await post(`/v2/conversations/${id}/messages`, [whatsapp(meta)]);
    expect(again.status).toBe(201);
    const items = (await world.items()).filter(({ pk, sk }) => pk === `C#${id}` && String(sk).startsWith('M#'));
    expect(items.map(({ fallback }) => fallback)).toEqual(
      items.map(() => ({
        use: { name: 'appointment', language: 'nl', parameters: ['John', '12'] },
        text: 'Beste John, tot 12.',
      })),
    );
    expect(items).toHaveLength(2);
  });

  it('that went instead of the text is what the message shows', async () => {
    const { message, id } = await startBy({ fallbackTemplate: 'appointment', fallbackParameters: ['John', 12] });
    const place = (await world.items()).find(({ pk, sk }) => pk === `C#${id}` && String(sk).startsWith('M#'));
    await putItem(world.table, { ...place, state: 'sent', fallbackUsed: true });
    const shown = (await api.get(`/v2/messages/${message.id}`)).body;
    expect(shown).toMatchObject({
      text: 'Beste John, tot 12.',
      meta: { fallbackTemplate: 'appointment', callerText: 'The text of the caller' },
      delivery: { fallbackUsed: true },
    });
  });

  it('takes parameters that look like placeholders as they are', async () => {
    const { message } = await startBy({ template: 'appointment', parameters: ['{{2}}', '$& $1'] });
    expect(message.text).toBe('Beste {{2}}, tot $& $1.');
  });

  const shop = 'your_car_is_ready';
  const brazil = { organization: ORGANIZATION.brazil };
  const languages = [
    ['the message', { template: shop, language: 'en' }, { language: 'de' }, {}, 'Your car is ready!'],
    ['the conversation', { template: shop }, { language: 'de' }, { locale: 'en' }, 'Ihr Auto ist fertig!'],
    ['the organization', { template: shop }, {}, { locale: 'de' }, 'Uw auto staat klaar!'],
    ['the contact', { template: 'hello' }, brazil, { locale: 'pt-BR' }, 'Olá!'],
    [
      'the contact, after that of the conversation',
      { template: 'hello' },
      { ...brazil, language: 'es' },
      { locale: 'pt-BR' },
      '¡Hola!',
    ],
    ['nobody: English', { template: 'hello' }, brazil, {}, 'Hello!'],
    ['the contact when nothing is approved in it: English', { template: 'hello' }, brazil, { locale: 'ja' }, 'Hello!'],
  ] as const;

  it.each(languages)('goes out in the language of %s', async (_, meta, overrides, profile, text) => {
    const { message } = await startBy(meta, overrides, profile);
    expect(message.text).toBe(text);
  });

  it('goes out in the language of a conversation that was started before', async () => {
    const { id } = await startBy({ template: shop }, { language: 'de' });
    const { status, body } = await say(id, whatsapp({ template: shop }));
    expect([status, body.text]).toEqual([201, 'Ihr Auto ist fertig!']);
  });

  it('goes out in the language of a contact that the same request gives', async () => {
    const telephone = newTelephone();
    await post('/v2/conversations', startWith({ telephone }, { ...brazil, messages: [smsMessage()] }));
    const answer = await post(
      '/v2/conversations',
      startWith({ telephone, locale: 'pt-BR' }, { ...brazil, messages: [whatsapp({ template: 'hello' })] }),
    );
    expect(answer.status).toBe(200);
    expect((await api.get(`/v2/messages/${answer.body.messages[0]}`)).body.text).toBe('Olá!');
  });

  it('is not used by email: the text goes out as it is', async () => {
    const { id } = await start();
    const { body } = await say(id, { ...emailMessage('As it is'), meta: { template: shop } });
    expect([body.text, body.touchpoint]).toEqual(['As it is', 'email']);
  });
});

describe('free text by WhatsApp', () => {
  const template = { text: 'x', role: 'agent', touchpoint: 'whatsapp', meta: { template: 'your_car_is_ready' } };
  const free = agent('Free text', { touchpoint: 'whatsapp' });

  async function startWhatsapp(windowAgeMs?: number, service?: string) {
    const { id } = await start({ contact: { profile: { telephone: newTelephone() } }, messages: [template] });
    if (windowAgeMs !== undefined) {
      const windowBy = (await api.get(`/v2/conversations/${id}`)).body.touchpoints.whatsapp.services[0];
      const windowAt = clock.now() + 1000 - windowAgeMs;
      await updateItem(world.table, conversationKey(id), { set: { windowAt, windowBy: service ?? windowBy } });
    }
    return id;
  }

  it.each([
    ['by its touchpoint', free],
    ['by the touchpoint in force', agent('Free text')],
    ['as one of several', [template, agent('Free text')]],
  ])('is accepted within 24 hours of what the contact wrote to the same number, %s', async (_, messages) => {
    const open = await say(await startWhatsapp(WHATSAPP_WINDOW_MS - 1), messages);
    expect(open.status).toBe(201);
    expect([open.body].flat().at(-1)).toMatchObject({ text: 'Free text', touchpoint: 'whatsapp' });

    for (const [age, service] of [[WHATSAPP_WINDOW_MS], [], [1, 'another-number']] as const) {
      const id = await startWhatsapp(age, service);
      const shut = await say(id, messages);
      expect([shut.status, shut.body.error?.code]).toEqual([400, 'template_required']);
      expect(await readMessages(id)).toHaveLength(1);
    }
  });

  it('is not made possible by a message that the API writes for the contact', async () => {
    const id = await startWhatsapp();
    expect((await say(id, { text: 'Hi', role: 'contact' })).status).toBe(201);
    expect((await say(id, free)).body.error.code).toBe('template_required');
  });

  it('is possible by another touchpoint all the same', async () => {
    expect((await say(await startWhatsapp(), smsMessage())).status).toBe(201);
  });
});

describe('reading', () => {
  it('shows a message with how far its delivery has come', async () => {
    const { body } = await say((await start()).id, emailMessage());
    expect(body.delivery).toEqual({ status: 'queued', history: [] });
    const read = await api.get(`/v2/messages/${body.id}`);
    expect([read.status, read.body]).toEqual([200, body]);
    expect((await api.get(`/v2/messages/${body.id.toUpperCase()}`)).body).toEqual(body);
  });

  it('shows a conversation with the ids of its messages, or with the messages', async () => {
    const started = await start();
    const { body: added } = await say(started.id, [agent('2'), agent('3')]);
    const { status, body } = await api.get(`/v2/conversations/${started.id}`);
    const messages = [started.messages[0], added[0].id, added[1].id];
    expect(status).toBe(200);
    expect(body).toEqual({ ...started, messages, updatedAt: new Date(clock.now()).toISOString() });
    for (const populate of ['messages', ' messages ,', 'messages,messages']) {
      const populated = await api.get(`/v2/conversations/${started.id}?populate=${encodeURIComponent(populate)}`);
      expect(populated.body.messages.map(({ id }: Json) => id)).toEqual(messages);
      expect(populated.body.messages[1]).toEqual(added[0]);
    }
  });

  it('shows the newest 100 messages, oldest first', async () => {
    const { id } = await start();
    const batches = [];
    for (const batch of [0, 1, 2]) {
      batches.push(
        await say(
          id,
          Array.from({ length: 40 }, (_, index) => agent(`${batch * 40 + index}`)),
        ),
      );
    }
    const shown = await readMessages(id);
    expect(shown.map(({ text }) => text)).toEqual(Array.from({ length: 100 }, (_, index) => `${index + 20}`));
  });

  it('is for tokens that reach the organization', async () => {
    const token = await world.token(USER.shopBot, 'bot');
    const shop = await start();
    const bare = await start({ organization: ORGANIZATION.bare });
    expect((await api.get(`/v2/conversations/${shop.id}`, token)).status).toBe(200);
    expect((await api.get(`/v2/messages/${shop.messages[0]}`, token)).status).toBe(200);
    const refused = [
      await api.get(`/v2/conversations/${bare.id}`, token),
      await api.get(`/v2/messages/${bare.messages[0]}`, token),
      await api.get(`/v2/conversations/${shop.id}`, await world.token(USER.stranger, 'admin')),
    ];
    expect(refused.map(({ status }) => status)).toEqual([404, 404, 404]);
  });
});
