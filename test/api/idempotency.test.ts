import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aroundCalls } from '../support/api-faults.ts';
import { chooseSeed, createRandom, pick } from '../support/api-random.ts';
import { emailMessage, newEmail } from '../support/api-requests.ts';
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

it('leaves one effect per key of 2,000 requests, 30 % of them repeated, though every call may be its last', {
  timeout: 180_000,
}, async () => {
  const seed = chooseSeed();
  console.log(`seed ${seed}`);
  const random = createRandom(seed);
  const people = Array.from({ length: 100 }, newEmail);
  const sent: { key: string; email: string; text: string }[] = [];
  const answers = new Map<string, Answer>();
  let crashes = 0;
  for (let index = 0; index < 2000; index++) {
    const repeated = sent.length > 0 && random() < 0.3;
    const request = repeated
      ? pick(sent, random)
      : { key: `key-${index}`, email: pick(people, random), text: `Message ${index}` };
    if (!repeated) sent.push(request);
    for (;;) {
      const dies = random() < 0.3;
      const environment = dies ? createDoomed(1 + Math.floor(random() * 6), random() < 0.5, index) : api;
      const answer = await environment.post(
        '/v2/conversations',
        start(request.email, request.text),
        keyed(`${seed}-${request.key}`),
      );
      if (answer.status >= 500) {
        crashes += 1;
        continue;
      }
      const known = answers.get(request.key);
      if (known) {
        expect(answer.status).toBe(known.status);
        expect(answer.body.messages).toEqual(known.body.messages);
      }
      answers.set(request.key, answer);
      break;
    }
  }
  console.log(`${crashes} crashes`);
  expect(crashes).toBeGreaterThan(100);
  const conversations = new Map(sent.map(({ key, email }) => [email, answers.get(key)?.body.id as string]));
  for (const [email, conversation] of conversations) {
    const texts = sent.filter((request) => request.email === email).map(({ text }) => text);
    const read = await api.get(`/v2/conversations/${conversation}?populate=messages`);
    expect(read.body.messages.map((message: { text: string }) => message.text)).toEqual(texts);
  }
});
