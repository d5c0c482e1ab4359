import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aroundCalls } from '../support/api-faults.ts';
import { chooseSeed, createRandom, pick } from '../support/api-random.ts';
import { emailMessage, newEmail, newTelephone, startWith } from '../support/api-requests.ts';
import { ORGANIZATION } from '../support/api-seed.ts';
import { type Answer, type Api, startWorld, type World } from '../support/api-world.ts';

let world: World;
let api: Api;
beforeAll(async () => {
  world = await startWorld();
  api = world.createApi();
});
afterAll(() => world?.stop());

const start = (email: string, text = 'Hey there!', message: object = {}) => ({
  organization: ORGANIZATION.shop,
  type: 'contact',
  contact: { profile: { email } },
  messages: [{ ...emailMessage(text), ...message }],
});

let keys = 0;
const newKey = () => `key-${++keys}`;
const keyed = (key: string) => ({ 'idempotency-key': key });

const messagesOf = async (conversation: string): Promise<string[]> =>
  (await api.get(`/v2/conversations/${conversation}`)).body.messages;

describe('a request with an Idempotency-Key', () => {
  it('is answered the same when it comes again, and has its effect once', async () => {
    const body = start(newEmail());
    const first = await api.post('/v2/conversations', body, keyed('same-1'));
    const second = await api.post('/v2/conversations', body, keyed('same-1'));
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body.messages).toEqual(first.body.messages);
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(await messagesOf(first.body.id)).toHaveLength(1);
  });

  it('replays the messages endpoint too, with the message as it is now', async () => {
    const { body } = await api.post('/v2/conversations', start(newEmail()));
    const path = `/v2/conversations/${body.id}/messages`;
    const first = await api.post(path, emailMessage('Once'), keyed('same-2'));
    const second = await api.post(path, emailMessage('Once'), keyed('same-2'));
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body.id).toBe(first.body.id);
    expect(await messagesOf(body.id)).toHaveLength(2);
  });

  it('is refused with 422 when the key stood on another body, and nothing is stored', async () => {
    const email = newEmail();
    const first = await api.post('/v2/conversations', start(email), keyed('same-3'));
    const other = await api.post('/v2/conversations', start(email, 'Something else'), keyed('same-3'));
    expect(other).toMatchObject({ status: 422, body: { error: { code: 'idempotency_key_reused' } } });
    expect(await messagesOf(first.body.id)).toHaveLength(1);
  });

  it.for([[''], ['two words'], ['x'.repeat(256)]] as const)('is refused when the key is none: %s', async ([key]) => {
    const answer = await api.post('/v2/conversations', start(newEmail()), keyed(key));
    expect(answer).toMatchObject({ status: 400, body: { error: { details: [{ path: 'Idempotency-Key' }] } } });
  });

  it('has one effect and one answer among concurrent twins', async () => {
    const body = start(newEmail());
    const twins = Array.from({ length: 10 }, (_, seed) => world.createApi({ seed }));
    const answers = await Promise.all(twins.map((twin) => twin.post('/v2/conversations', body, keyed('twins'))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body: { messages } }) => messages.join())).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['idempotency-replayed'] === 'true')).toHaveLength(9);
    expect(await messagesOf(answers[0]?.body.id)).toHaveLength(1);
  });
});

describe('a message with a clientId', () => {
  it('stands for the first one of that name in its conversation', async () => {
    const email = newEmail();
    const first = await api.post('/v2/conversations', start(email, 'One', { clientId: 'order-1' }));
    const again = await api.post('/v2/conversations', {
      ...start(email),
      messages: [
        { ...emailMessage('One again'), clientId: 'order-1' },
        { ...emailMessage('Two'), clientId: 'order-2' },
      ],
    });
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body.messages[0]).toBe(first.body.messages[0]);
    expect(await messagesOf(first.body.id)).toEqual(again.body.messages);
  });

  it.for([
    ['of a new person', false],
    ['of a known one', true],
  ] as const)('is stored once among concurrent twins %s, and each of them is answered with it', async ([, isKnown]) => {
    const email = newEmail();
    if (isKnown) await api.post('/v2/conversations', start(email, 'Before'));
    const body = start(email, 'One', { clientId: 'twins' });
    const twins = Array.from({ length: 30 }, (_, seed) => world.createApi({ seed }));
    const answers = await Promise.all(twins.map((twin) => twin.post('/v2/conversations', body)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(isKnown ? 0 : 1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(isKnown ? 30 : 29);
    expect(new Set(answers.map(({ body: { messages } }) => messages.join())).size).toBe(1);
    expect(await messagesOf(answers[0]?.body.id)).toHaveLength(isKnown ? 2 : 1);
  });

  it('is answered as every other that is added to a conversation', async () => {
    const { id } = (await api.post('/v2/conversations', start(newEmail()))).body;
    const add = () => api.post(`/v2/conversations/${id}/messages`, { ...emailMessage(), clientId: 'added' });
    const [first, again] = [await add(), await add()];
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body.id).toBe(first.body.id);
  });

  it('may stand in another conversation for another message', async () => {
    const first = await api.post('/v2/conversations', start(newEmail(), 'One', { clientId: 'shared' }));
    const other = await api.post('/v2/conversations', start(newEmail(), 'One', { clientId: 'shared' }));
    expect(other.body.messages[0]).not.toBe(first.body.messages[0]);
  });

  it('is refused twice in one request', async () => {
    const message = { ...emailMessage(), clientId: 'twice' };
    const answer = await api.post('/v2/conversations', { ...start(newEmail()), messages: [message, message] });
    expect(answer).toMatchObject({ status: 400, body: { error: { details: [{ path: 'messages.1.clientId' }] } } });
  });
});

class Crash extends Error {}

/** An environment that dies at one of its calls to table or queue, before or after it. */
function createDoomed(call: number, after: boolean, seed: number): Api {
  const doomed = world.createApi({ seed });
  let calls = 0;
  const doom = async (_: unknown, proceed: () => Promise<unknown>) => {
    const dies = ++calls === call;
    if (dies && !after) throw new Crash();
    const answer = await proceed();
    if (dies) throw new Crash();
    return answer;
  };
  aroundCalls(doomed.documents, doom);
  aroundCalls(doomed.queue, doom);
  return doomed;
}

interface Request {
  readonly path: string;
  readonly body: unknown;
  readonly key?: string;
}

/** What an answer says of its messages: a repeated request must be told the same. */
const told = ({ status, body }: Answer) => ({
  status,
  ids: [body.messages ?? body]
    .flat()
    .map((message: string | { id: string }) => (typeof message === 'string' ? message : message.id)),
});
const conversationOf = ({ path }: Request, { body }: Answer): string => path.split('/')[3] ?? String(body.id);

const send = (by: Api, { path, body, key }: Request): Promise<Answer> => by.post(path, body, key ? keyed(key) : {});

describe('a request that comes again after its environment died at any of its calls', () => {
  const known = async (profile: object = { email: newEmail() }) => {
    const { body } = await api.post('/v2/conversations', startWith(profile));
    return { conversation: String(body.id), profile };
  };
  const MOST_CALLS = 20;

  /** By what it does: a request that nobody sent before, the messages it brings, and those that are there before. */
  const REQUESTS: readonly [string, () => Promise<{ request: Request; brings: number; before: number }>][] = [
    [
      'starts with a new person',
      async () => {
        const body = startWith({ email: newEmail(), telephone: newTelephone() });
        return { request: { path: '/v2/conversations', body, key: newKey() }, brings: 1, before: 0 };
      },
    ],
    [
      'starts with a known one',
      async () => {
        const { profile } = await known();
        const body = startWith(profile);
        return { request: { path: '/v2/conversations', body, key: newKey() }, brings: 1, before: 1 };
      },
    ],
    [
      'attaches an identifier',
      async () => {
        const { profile } = await known();
        const body = startWith({ ...profile, telephone: newTelephone() });
        return { request: { path: '/v2/conversations', body, key: newKey() }, brings: 1, before: 1 };
      },
    ],
    [
      'appends by id',
      async () => {
        const body = { id: (await known()).conversation, messages: [emailMessage()] };
        return { request: { path: '/v2/conversations', body, key: newKey() }, brings: 1, before: 1 };
      },
    ],
    [
      'appends two messages, one of them long, to the messages endpoint',
      async () => {
        const path = `/v2/conversations/${(await known()).conversation}/messages`;
        const body = [emailMessage('First'), emailMessage('x'.repeat(3_000))];
        return { request: { path, body, key: newKey() }, brings: 2, before: 1 };
      },
    ],
    [
      'names its message instead of itself',
      async () => {
        const { profile } = await known();
        const body = startWith(profile, { messages: [{ ...emailMessage(), clientId: newKey() }] });
        return { request: { path: '/v2/conversations', body }, brings: 1, before: 1 };
      },
    ],
  ];

  it.for(REQUESTS)('has its effect once when it %s', async ([, prepare]) => {
    let deaths = 0;
    for (let call = 1; call <= MOST_CALLS; call++) {
      let died = false;
      for (const after of [false, true]) {
        const { request, brings, before } = await prepare();
        const lost = await send(createDoomed(call, after, call), request);
        if (lost.status >= 500) {
          died = true;
          deaths += 1;
        }
        const [second, third] = [await send(api, request), await send(api, request)];
        expect(told(second).ids).toHaveLength(brings);
        expect(told(third)).toEqual(told(second));
        if (lost.status < 500) expect(told(second)).toEqual(told(lost));
        expect(await messagesOf(conversationOf(request, second))).toHaveLength(before + brings);
      }
      if (!died) break;
    }
    expect(deaths).toBeGreaterThanOrEqual(6);
  });
});

describe('many requests with keys', () => {
  const COUNT = 2_000;
  const LANES = 8;

  /** Requests in the order they are sent: 30 % of them repeat one before, which may still be under way. */
  function plan(random: () => number, conversations: readonly string[]) {
    const people = Array.from({ length: 50 }, newEmail);
    const planned: (Request & { readonly text: string })[] = [];
    for (let index = 0; index < COUNT; index++) {
      if (planned.length > 0 && random() < 0.3) {
        planned.push(pick(planned, random));
        continue;
      }
      const text = `Message ${index}`;
      const path = '/v2/conversations';
      const id = pick(conversations, random);
      const email = pick(people, random);
      const messages = [emailMessage(text)];
      const ways: Request[] = [
        { path, body: start(email, text) },
        { path, body: { id, messages } },
        { path: `${path}/${id}/messages`, body: messages },
      ];
      planned.push({ ...pick(ways, random), key: newKey(), text });
    }
    return planned;
  }

  it(`have one effect each, of ${COUNT}, ${LANES} at a time, though any call may be the last of its environment`, {
    timeout: 300_000,
  }, async () => {
    const seed = chooseSeed();
    console.log(`seed ${seed}; repeat with OVERTURE_TEST_SEED=${seed}.`);
    const random = createRandom(seed);
    const conversations = await Promise.all(
      Array.from({ length: 50 }, async () => (await api.post('/v2/conversations', start(newEmail(), 'First'))).body.id),
    );
    const planned = plan(random, conversations);
    const first = new Map<string, { conversation: string; told: unknown }>();
    let deaths = 0;
    const untilAnswered = async (request: Request, fate: () => number): Promise<Answer> => {
      const dies = fate() < 0.3;
      const environment = dies ? createDoomed(1 + Math.floor(fate() * 6), fate() < 0.5, deaths) : api;
      const answer = await send(environment, request);
      if (answer.status < 500) return answer;
      deaths += 1;
      return untilAnswered(request, fate);
    };
    const waiting = planned.entries();
    const lane = async () => {
      for (const [index, request] of waiting) {
        const answer = await untilAnswered(request, createRandom(seed + index + 1));
        const known = first.get(request.text);
        if (known) expect(told(answer), request.text).toEqual(known.told);
        else first.set(request.text, { conversation: conversationOf(request, answer), told: told(answer) });
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    console.log(`${first.size} different requests, ${deaths} deaths`);
    expect(deaths).toBeGreaterThan(COUNT / 10);

    const wanted = Map.groupBy(first, ([, { conversation }]) => conversation);
    for (const conversation of new Set([...conversations, ...wanted.keys()])) {
      const { body } = await api.get(`/v2/conversations/${conversation}?populate=messages`);
      const texts = body.messages
        .map((message: { text: string }) => message.text)
        .filter((text: string) => text !== 'First');
      expect(texts.sort()).toEqual((wanted.get(conversation) ?? []).map(([text]) => text).sort());
    }
  });
});
