import ChipChat, { type Context, type Options } from 'chipchat';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, startClient } from '../support/overture.ts';
import { until } from '../support/poll.ts';

const USER = 'aaa000000000000000000111';
const ROOT = 'aaa111111111111111111111';
const GARAGE = 'aaa111111111111111111222';
const CHANNELS = ['5b99be371951542b5f47eeb4', '5b9ae5460a13a54282ca20d0'];

let client: Client;
beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client?.stop());

/** The SDK as its users make it: they change the host and the token, nothing else. */
const createBot = (options: Partial<Options> = {}): ChipChat =>
  new ChipChat({ token: client.token, host: client.overture.url, ...options }).on('error', () => {}) as ChipChat;

let people = 0;
/** A conversation with somebody new, with one SMS. */
const startOf = (telephone = `+3164628${1_000 + ++people}`) => ({
  organization: GARAGE,
  type: 'contact',
  contact: { profile: { name: 'John Johnson', telephone } },
  messages: [{ text: 'Hey there.', touchpoint: 'sms', role: 'agent' }],
});
const started = async (bot: ChipChat): Promise<Context> => {
  const { id } = await bot.conversations.create(startOf());
  await reaches(bot, id, { status: 'active' });
  return bot.conversation(id);
};

/** The conversation once it fits, by what the SDK reads of it. */
const reaches = (bot: ChipChat, id: string, wanted: object, participant: object = {}) =>
  until(`the conversation is ${JSON.stringify({ ...wanted, ...participant })}`, async () => {
    const read = await bot.conversations.get(id);
    const mine = read.participants.find(({ user }: { user: string }) => user === USER) ?? {};
    const fits = (value: object, part: object) =>
      Object.entries(part).every(([key, one]) => Reflect.get(value, key) === one);
    return fits(read, wanted) && fits(mine, participant) && read;
  });

describe('the reference SDK', () => {
  it('creates a conversation, finds it again by its id and by its contact, and adds to it', async () => {
    const bot = createBot();
    const request = startOf();
    const created = await bot.conversations.create(request);
    expect(created).toMatchObject({
      organization: GARAGE,
      type: 'contact',
      status: 'queued',
      messages: [expect.any(String)],
    });
    const again = await bot.conversations.create(request);
    expect([again.id, again.messages.length]).toEqual([created.id, 1]);
    expect(await bot.contacts.get(created.contact)).toMatchObject({
      conversation: created.id,
      profile: { telephone: request.contact.profile.telephone },
    });
    await client.delivered(request.contact.profile.telephone, 2);
  });

  it('creates a conversation among users from a name and messages alone, and speaks there', async () => {
    const bot = createBot();
    const created = await bot.conversations.create({ name: 'Review', messages: [{ text: 'start' }] });
    expect(created).toMatchObject({
      name: 'Review',
      organization: ROOT,
      status: 'active',
      participants: [{ user: USER }],
      messages: [expect.any(String)],
    });
    expect(created).not.toHaveProperty('contact');
    const { say, notify } = await bot.conversation(created.id);
    expect(await say('Howdy!')).toMatchObject({ text: 'Howdy!', conversation: created.id });
    expect(await notify()).toMatchObject({ text: '/notify' });
  });

  it('finds a contact by telephone, and goes on in their conversation', async () => {
    const bot = createBot();
    const request = startOf();
    const { telephone } = request.contact.profile;
    expect([...(await bot.contacts.list({ 'profile.telephone': telephone, organization: GARAGE }))]).toEqual([]);
    const created = await bot.conversations.create(request);
    const [contact] = await bot.contacts.list({ 'profile.telephone': telephone, organization: GARAGE });
    expect(contact).toMatchObject({ id: created.contact, conversation: created.id });
    const { say } = await bot.conversation(contact.conversation);
    await say({ text: 'Please click:', role: 'agent', meta: { SenderID: '' } });
    await client.delivered(telephone, 2);
    const { participants, ...others } = await bot.conversations.get(created.id, { select: 'participants' });
    expect([Object.keys(others), participants[0].organization]).toEqual([['id'], GARAGE]);
  });

  it('says a text, a message, several messages, and what stands for all of them', async () => {
    const bot = createBot();
    const { id, say } = await started(bot);
    expect(await say('For agents')).toMatchObject({ conversation: id, role: 'bot', type: 'chat', text: 'For agents' });
    expect(await say({ text: 'Hello', role: 'agent' })).toMatchObject({ role: 'agent', user: USER });
    const many = await say([{ text: 'One' }, { text: 'Two', delay: 500 }], { role: 'agent' });
    expect([...many]).toMatchObject([
      { text: 'One', role: 'agent' },
      { text: 'Two', role: 'agent', delay: 500 },
    ]);
    expect(await bot.send(id, { items: [{ title: 'A card' }], type: 'card' })).toMatchObject({ type: 'card' });
    await expect(say(['a', 'b'])).rejects.toMatchObject({ statusCode: 400 });
  });

  it('accepts, leaves, joins, assigns and notifies', async () => {
    const bot = createBot();
    const context = await started(bot);
    const { id } = context;
    expect(await context.leave()).toMatchObject({ type: 'command', text: '/leave', user: USER, meta: {} });
    await reaches(bot, id, { status: 'closed' }, { active: false, accepted: false });
    await context.notify();
    expect((await reaches(bot, id, { status: 'queued' })).channels).toEqual(CHANNELS);
    await context.join();
    await reaches(bot, id, { status: 'queued' }, { active: true, accepted: false });
    await context.accept();
    expect((await reaches(bot, id, { status: 'active' }, { active: true, accepted: true })).channels).toEqual([]);
    await context.assign(USER);
    await reaches(bot, id, {}, { inbox: true });
    await context.leave();
    await reaches(bot, id, { status: 'closed' });
    const [first = ''] = CHANNELS;
    expect(await context.notify([first], [])).toMatchObject({ meta: { channels: [first], organizations: null } });
    expect((await reaches(bot, id, { status: 'queued' })).channels).toEqual([first]);
  });

  it('sets values that are there at once, in meta and as properties, and clears them', async () => {
    const bot = createBot();
    const { id, set } = await started(bot);
    await set('order', 'number 17');
    expect((await bot.conversation(id)).get('order')).toBe('number 17');
    await set('@category', 'repair');
    expect((await bot.conversation(id)).get('@category')).toBe('repair');
    await set('order');
    expect((await bot.conversation(id)).get('order') ?? '').toBe('');
  });

  it('asks, and leaves a note of what it asked', async () => {
    const bot = createBot();
    const { id, ask } = await started(bot);
    bot.registerCallback('answered', () => {});
    ask('How are you?', 'answered');
    await until('the question is noted', async () => (await bot.conversation(id)).get(`_asked${USER}`) === 'answered');
  });

  it('changes and deletes', async () => {
    const bot = createBot();
    const { id } = await started(bot);
    const later = await bot.send(id, { text: 'Later', role: 'agent', delay: 60_000 });
    expect(await bot.messages.update(later.id, { delay: 120_000 })).toMatchObject({ id: later.id, delay: 120_000 });
    expect(await bot.messages.delete(later.id)).toBe('');
    expect(await bot.messages.get(later.id)).toMatchObject({ delivery: { status: 'canceled' } });
    await expect(bot.messages.replace(later.id, { text: 'x' })).rejects.toMatchObject({ statusCode: 405 });
  });

  it('lists all pages, one after the other, and says how many there are', async () => {
    const bot = createBot();
    const { id, say } = await started(bot);
    const texts = ['1', '2', '3', '4'];
    await say(texts.map((text) => ({ text })));
    const paged = await bot.messages.list({ conversation: id, sort: 'createdAt', pagination: { limit: 2 } });
    expect(paged.map(({ text }: { text: string }) => text)).toEqual(['Hey there.', ...texts]);
    const once = await bot.messages.list({ conversation: id, limit: 3 });
    expect(once).toHaveLength(3);
    const one: string[] = [];
    const pagination = { iterate: true, limit: 2, countLimit: 3, backoff: 1 };
    for await (const { text } of bot.messages.list({ conversation: id, pagination }) as unknown as AsyncIterable<{
      text: string;
    }>) {
      one.push(text);
    }
    expect(one).toEqual(['Hey there.', '1', '2']);
  });

  it('lists conversations, a page after the other, newest first', async () => {
    const bot = createBot();
    const created: string[] = [];
    for (let index = 0; index < 5; index++) created.unshift((await bot.conversations.create(startOf())).id);
    const since = (await bot.conversations.get(created.at(-1) ?? '')).createdAt;
    const query = { participants: { user: USER }, createdAt: `>=${since}`, pagination: { limit: 2, backoff: 1 } };
    await until('all are listed', async () => {
      const listed = await bot.conversations.list(query);
      return listed.length >= created.length && listed;
    });
    const listed = await bot.conversations.list(query);
    expect(listed.map(({ id }: { id: string }) => id)).toEqual(created);
  });

  it('calls back where it is given a function', async () => {
    const bot = createBot();
    const { id } = await started(bot);
    const [error, message] = await new Promise<[unknown, { text: string }]>((resolve) => {
      bot.send(id, 'For agents', (...answer: [unknown, { text: string }]) => resolve(answer));
    });
    expect([error, message.text]).toEqual([null, 'For agents']);
  });

  it('learns by message and status what is wrong', async () => {
    const bot = createBot();
    await expect(bot.conversations.get('f'.repeat(24))).rejects.toMatchObject({
      message: 'Conversation not found',
      statusCode: 404,
    });
    await expect(bot.conversations.create({ ...startOf(), messages: [{ text: 'To nobody' }] })).rejects.toMatchObject({
      message: expect.stringContaining('role'),
      statusCode: 400,
    });
  });
});

describe('its tokens', () => {
  const login = async () => {
    const { body } = await client.post('/v2/auth/token', {
      email: 'testbot@overture.example',
      password: 'demo-password',
    });
    return body as { token: string; refreshToken: string };
  };
  /** A token of testbot that ended an hour ago. */
  const expired = () => {
    const { stack } = client.overture;
    const key = new TextEncoder().encode(stack.getSecret(stack.find('TokenKey')));
    const hourAgo = Math.floor(Date.now() / 1000) - 3600;
    const claims = {
      _id: USER,
      organization: GARAGE,
      scope: 'guest agent bot admin',
      grant_type: 'access_token',
      jti: 'x',
    };
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuedAt(hourAgo - 60)
      .setExpirationTime(hourAgo)
      .sign(key);
  };
  /** A bot that counts its requests by path. */
  const counting = (options: Partial<Options>) => {
    const asked: string[] = [];
    const bot = createBot({
      email: 'testbot@overture.example',
      ...options,
      fetchExtensions: { beforeRequest: [({ url }) => void asked.push(url.pathname)] },
    });
    return { bot, asked };
  };

  it('are renewed once when they have expired, and the request is made again', async () => {
    const { refreshToken } = await login();
    const { bot, asked } = counting({ token: await expired(), refreshToken });
    const { id } = await createBot().conversations.create(startOf());
    expect(await bot.conversations.get(id)).toMatchObject({ id });
    const path = `/v2/conversations/${id}`;
    expect(asked).toEqual([path, '/v2/auth/token', path]);
    await bot.conversations.get(id);
    expect(asked).toHaveLength(4);
  });

  it('are asked for once when the refresh token is no good either', async () => {
    const { bot, asked } = counting({ token: await expired(), refreshToken: 'not.a.token' });
    await expect(bot.conversations.get('f'.repeat(24))).rejects.toMatchObject({
      message: 'jwt expired',
      statusCode: 401,
    });
    expect(asked.filter((path) => path === '/v2/auth/token')).toHaveLength(1);
  });
});
