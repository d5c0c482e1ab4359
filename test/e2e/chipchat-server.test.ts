import ChipChat, { type Context, type Options } from 'chipchat';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, startClient } from '../support/overture.ts';
import { until } from '../support/poll.ts';
import { freePort } from '../support/start-process.ts';

// biome-ignore lint/suspicious/noExplicitAny: what the SDK hands on is read as its users do
type Json = any;

const USER = 'aaa000000000000000000111';
const GARAGE = 'aaa111111111111111111222';

let client: Client;
beforeAll(async () => {
  client = await startClient();
}, 90_000);
afterAll(() => client?.stop());

const send = (method: string, path: string, body?: object) =>
  client.raw(method, path, body && JSON.stringify(body), {
    authorization: `Bearer ${client.token}`,
    'content-type': 'application/json',
  });

let people = 0;
const newTelephone = () => `+3164628${5_000 + ++people}`;
const start = async (telephone: string, text = 'Hey there.') =>
  (
    await client.post('/v2/conversations', {
      organization: GARAGE,
      type: 'contact',
      contact: { profile: { telephone } },
      messages: [{ text, touchpoint: 'sms', role: 'agent' }],
    })
  ).body.id as string;
const answer = (from: string, text: string) => client.reply({ touchpoint: 'sms', from, text });

interface Server {
  readonly bot: ChipChat;
  readonly service: string;
  /** Bodies of what it was told. */
  readonly told: readonly string[];
  /** What the SDK found wrong with them. */
  readonly errors: readonly Json[];
  stop(): Promise<void>;
}

/** The SDK's own webhook server, as its users start it, and a webhook of ours that leads there. */
async function serve(
  options: Partial<Options> = {},
  events: readonly string[] | undefined = ['message.**'],
): Promise<Server> {
  const port = await freePort();
  const { body } = await client.post('/v2/services', {
    organization: GARAGE,
    type: 'webhook',
    params: { url: `http://127.0.0.1:${port}/hook`, events },
  });
  const told: string[] = [];
  const errors: Json[] = [];
  const { token, overture } = client;
  const bot = new ChipChat({ token, host: overture.url, secret: body.params.secret, webhook: '/hook', ...options });
  bot.on('error', (error: Json) => errors.push(error));
  await new Promise<void>((resolve) => {
    bot.on('ready', () => resolve());
    bot.start(port);
  });
  bot.server.on('request', (request) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => void (request.method === 'POST' && told.push(Buffer.concat(chunks).toString())));
  });
  return {
    bot,
    told,
    errors,
    service: body.id,
    async stop() {
      await send('DELETE', `/v2/services/${body.id}`);
      await new Promise<void>((resolve) => bot.server.close(() => resolve()));
    },
  };
}

/** Verifies the webhook, and waits until it is listened to: that is from the next reading of the organization on. */
async function activate({ told, service }: Server): Promise<void> {
  expect((await send('PATCH', `/v2/services/${service}`, { status: 'active' })).body.status).toBe('active');
  const telephone = newTelephone();
  await until(
    'the server is told of a message',
    async () => {
      await start(telephone);
      return told.length > 0;
    },
    { withinMs: 60_000 },
  );
}

const once = (bot: ChipChat, event: string, fits: (message: Json) => boolean) =>
  new Promise<[message: Json, context: Context]>((resolve) => {
    bot.on(event, (message: Json, context: Context) => {
      if (fits(message)) resolve([message, context]);
    });
  });

describe('the webhook server of the reference SDK', { timeout: 120_000 }, () => {
  let server: Server;
  beforeAll(async () => {
    server = await serve({ preloadOrganizations: true });
    await activate(server);
  }, 90_000);
  afterAll(() => server?.stop());

  it('is verified, is told what a contact writes, and finds our signature good', async () => {
    const telephone = newTelephone();
    const id = await start(telephone);
    await client.delivered(telephone, 1);
    const heard = once(server.bot, 'message.create.contact.chat.contact', ({ text }) => text === 'For the bot');
    await answer(telephone, 'For the bot');
    const [message, context] = await heard;
    expect(message).toMatchObject({ conversation: id, role: 'contact', touchpoint: 'sms' });
    expect(context).toMatchObject({
      id,
      status: 'active',
      participants: [{ user: USER, active: true }],
      organization: { id: GARAGE, name: 'Demo Garage' },
    });
    expect(server.errors).toEqual([]);
  });

  it('answers what it is told by saying something to the contact', async () => {
    const telephone = newTelephone();
    await start(telephone);
    server.bot.onText(/^opening hours/i, (_message: Json, context: Context) =>
      context.say({ text: 'From nine to five.', role: 'agent' }),
    );
    await client.delivered(telephone, 1);
    await answer(telephone, 'Opening hours?');
    const [, answered] = await client.delivered(telephone, 2, 30_000);
    expect(answered?.text).toBe('From nine to five.');
  });

  it.each<[string, (ask: (callback: Json) => void, done: (message: Json) => void) => void]>([
    ['a function', (ask, done) => ask(done)],
    [
      'the name of one',
      (ask, done) => {
        server.bot.registerCallback('how-many', done);
        ask('how-many');
      },
    ],
  ])('hands the answer to a question to %s', async (kind, asks) => {
    const telephone = newTelephone();
    const context = await server.bot.conversation(await start(telephone));
    const answered = new Promise<Json>((resolve) => {
      asks((callback) => context.ask({ text: 'How many?', role: 'agent' }, callback), resolve);
    });
    await client.delivered(telephone, 2);
    await until('the question is noted', async () => (await server.bot.conversation(context.id)).get(`_asked${USER}`));
    await answer(telephone, `Two, to ${kind}`);
    expect(await answered).toMatchObject({ text: `Two, to ${kind}`, role: 'contact', conversation: context.id });
  });
});

describe('one that wants to hear everything', { timeout: 120_000 }, () => {
  it('hears what a colleague says to a contact once, whatever is reported on its delivery afterwards', async () => {
    const server = await serve({}, ['**']);
    const { body } = await client.post('/v2/users', {
      givenName: 'Ada',
      email: 'ada@example.com',
      organizations: [{ organization: GARAGE, role: 'agent' }],
    });
    await activate(server);
    const heard: string[] = [];
    server.bot.onText(/.*/, ({ text }: Json) => void heard.push(text));
    const reports = () =>
      server.told.map((told) => JSON.parse(told)).filter(({ event }) => event === 'delivery.update');
    const telephone = newTelephone();
    const context = await server.bot.conversation(await start(telephone));
    const said = await context.say({ text: 'Ada here.', role: 'agent', user: body.id });
    await until(
      'the server is told of its delivery',
      () => reports().some(({ data }) => data.message.id === said.id && data.message.delivery.status === 'delivered'),
      { withinMs: 30_000 },
    );
    await until('the bot hears it', () => heard.includes('Ada here.'), { withinMs: 30_000 });
    await answer(telephone, 'Hi Ada!');
    await until('the bot hears the answer', () => heard.includes('Hi Ada!'), { withinMs: 30_000 });
    expect(heard).toEqual(['Ada here.', 'Hi Ada!']);
    await server.stop();
  });
});

describe('one that keeps another secret', { timeout: 120_000 }, () => {
  it('says that our signature is not good', async () => {
    const server = await serve({ secret: 'another' });
    await activate(server).finally(server.stop);
    expect(server.errors).toContainEqual({ message: 'Invalid signature on incoming request' });
  });
});

describe('one that hears itself too', { timeout: 120_000 }, () => {
  let server: Server;
  beforeAll(async () => {
    server = await serve({ ignoreSelf: false, ignoreBots: false, ignoreUnjoined: true });
    await activate(server);
  }, 90_000);
  afterAll(() => server?.stop());

  it('is told of what concerns it: an assignment, a mention, a command of its own', async () => {
    const { bot } = server;
    const context = await bot.conversation(await start(newTelephone()));
    const told = Promise.all(['assign', 'mention', 'command'].map((event) => once(bot, event, () => true)));
    await context.assign(USER);
    await context.say({ text: '@testbot', type: 'mention', meta: { targetUser: USER } });
    await context.say({ text: '>location', type: 'command' });
    expect((await told).map(([{ text, conversation }]) => [text, conversation])).toEqual(
      ['/assign', '@testbot', '>location'].map((text) => [text, context.id]),
    );
  });

  it('may pass over conversations that it takes no part in, by what it is told of who does', async () => {
    const heard: string[] = [];
    server.bot.on('message', ({ text }: Json) => heard.push(text));
    const left = newTelephone();
    const context = await server.bot.conversation(await start(left));
    await client.delivered(left, 1);
    await context.leave();
    await until('it left', async () => (await server.bot.conversations.get(context.id)).status === 'closed');
    await answer(left, 'Nobody there?');
    const joined = newTelephone();
    await start(joined);
    await client.delivered(joined, 1);
    await answer(joined, 'Somebody there?');
    const isTold = (text: string) => server.told.some((body) => body.includes(text));
    await until('it is told of both', () => isTold('Nobody there?') && heard.includes('Somebody there?'), {
      withinMs: 30_000,
    });
    expect(heard).not.toContain('Nobody there?');
  });
});
