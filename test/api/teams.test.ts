import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { work } from '../../functions/worker/work.ts';
import { successor } from '../../shared/runtime/ids.ts';
import { ORGANIZATION, pathOf, USER } from '../support/api-seed.ts';
import { workerOf } from '../support/api-worker.ts';
import { type Api, startWorld, type World } from '../support/api-world.ts';

let world: World;
let api: Api;
beforeAll(async () => {
  world = await startWorld();
});
beforeEach(() => {
  api = world.createApi();
});
afterAll(() => world?.stop());

// biome-ignore lint/suspicious/noExplicitAny: requests and answers are read as a client would
type Json = any;

const start = (body: Json = {}, headers: Record<string, string> = {}) =>
  api.post('/v2/conversations', { name: 'A test', messages: [{ text: 'Hello' }], ...body }, headers);
const say = (id: string, messages: Json) => api.post(`/v2/conversations/${id}/messages`, messages);
const read = async (id: string): Promise<Json> => (await api.get(`/v2/conversations/${id}?populate=messages`)).body;
const flagsOf = ({ participants }: Json) =>
  Object.fromEntries(
    participants.map(({ user, active, inbox, unreadCount }: Json) => [user, [active, inbox, unreadCount]]),
  );

/** Carries out every tick that is there. */
async function settle(): Promise<void> {
  const ticks = await world.receiveTicks();
  for (const tick of ticks) await work(workerOf(api), tick);
}

describe('a conversation of a team', () => {
  it('is started with a name and messages alone: of the token’s organization, its user the first participant', async () => {
    const { status, body } = await start();
    expect(status).toBe(201);
    expect(body).toMatchObject({
      organization: ORGANIZATION.root,
      orgPath: ORGANIZATION.root,
      name: 'A test',
      type: 'bot',
      status: 'active',
      messages: [expect.stringMatching(/^[0-9a-f]{24}$/)],
      touchpoints: {},
      createdBy: USER.bot,
    });
    expect(body).not.toHaveProperty('contact');
    expect(body).not.toHaveProperty('touchpoint');
    expect(body.participants[0]).toMatchObject({
      user: USER.bot,
      role: 'bot',
      organization: ORGANIZATION.root,
      active: false,
      follow: false,
    });
    expect((await read(body.id)).messages).toMatchObject([{ text: 'Hello', role: 'bot', user: USER.bot }]);
  });

  it('has the type of the role of who starts it, or the one that is named', async () => {
    const token = await world.token(USER.agent, 'agent');
    const byAgent = await api.post(
      '/v2/conversations',
      { organization: ORGANIZATION.shop, messages: [{ text: 'x' }] },
      { authorization: `Bearer ${token}` },
    );
    expect(byAgent.body).toMatchObject({
      type: 'agent',
      organization: ORGANIZATION.shop,
      orgPath: pathOf(ORGANIZATION.shop),
    });
    expect((await start({ type: 'system' })).body.type).toBe('system');
    expect((await start({ type: 'agent' })).body.type).toBe('agent');
  });

  it('brings a message into the inbox of those who do not take part, and nothing out', async () => {
    const { body } = await start({
      organization: ORGANIZATION.shop,
      participants: [{ user: USER.agent, follow: true }, USER.guest],
      messages: [{ text: 'Hello', role: 'agent' }],
    });
    await settle();
    const after = await read(body.id);
    expect(flagsOf(after)).toEqual({
      [USER.bot]: [true, false, 0],
      [USER.agent]: [false, true, 1],
      [USER.guest]: [false, true, 1],
    });
    expect(after.participants.find(({ user }: Json) => user === USER.agent)).toMatchObject({
      follow: true,
      role: 'agent',
      organization: ORGANIZATION.shop,
    });
    expect(after.messages).toMatchObject([{ role: 'agent', text: 'Hello' }]);
    expect(after.messages[0]).not.toHaveProperty('delivery');
  });

  it('takes messages of role agent without a touchpoint, long ones, commands and /set', async () => {
    const { body } = await start({ participants: [USER.agent], organization: ORGANIZATION.shop });
    const said = await say(body.id, [
      { text: 'agents', role: 'agent' },
      { text: 'x'.repeat(5000), role: 'agent' },
      { text: '/set topic cars', type: 'command' },
      { text: '/accept', type: 'command', user: USER.agent },
    ]);
    expect(said.status).toBe(201);
    await settle();
    const after = await read(body.id);
    expect(after).toMatchObject({ status: 'active', meta: { topic: 'cars' } });
    expect(after.participants.find(({ user }: Json) => user === USER.agent)).toMatchObject({
      active: true,
      accepted: true,
    });
    await say(body.id, [
      { text: '/leave', type: 'command', user: USER.agent },
      { text: '/leave', type: 'command' },
    ]);
    await settle();
    expect((await read(body.id)).status).toBe('closed');
  });

  it.each<[string, Json, string]>([
    ['a touchpoint', { text: 'x', role: 'agent', touchpoint: 'email' }, 'messages.0.touchpoint'],
    ['several touchpoints', { text: 'x', role: 'agent', touchpoints: ['email'] }, 'messages.0.touchpoints'],
    ['the role of a contact', { text: 'x', role: 'contact' }, 'messages.0.role'],
  ])('refuses %s, from the beginning and later', async (_what, message, path) => {
    const { body } = await start();
    for (const answer of [await start({ messages: [message] }), await say(body.id, [message])]) {
      expect([answer.status, answer.body.error.details[0].path]).toEqual([400, path]);
    }
    expect((await read(body.id)).messages).toHaveLength(1);
  });

  it.each<[string, Json, number, string]>([
    ['no message', { messages: [] }, 400, 'messages'],
    ['a participant of another organization', { participants: [USER.stranger] }, 400, 'participants.0.user'],
    ['a participant that is none', { participants: [{ user: 'x' }] }, 400, 'participants.0.user'],
    ['an organization out of reach', { organization: ORGANIZATION.other }, 404, 'organization'],
    ['a sender of another organization', { messages: [{ text: 'x', user: USER.stranger }] }, 400, 'messages.0.user'],
  ])('is not started with %s', async (_what, body, status, path) => {
    const answer = await start(body);
    expect([answer.status, answer.body.error.details[0].path]).toEqual([status, path]);
  });

  it('is no contact: its neighbouring id finds none', async () => {
    const { body } = await start();
    expect((await api.get(`/v2/contacts/${successor(body.id)}`)).status).toBe(404);
  });

  it('is started once under an Idempotency-Key, however often that comes', async () => {
    const body = { messages: [{ text: 'once' }] };
    const answers = [];
    for (let time = 0; time < 3; time++) answers.push(await start(body, { 'idempotency-key': 'team-1' }));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    expect(answers.map(({ headers }) => headers['idempotency-replayed'])).toEqual([undefined, 'true', 'true']);
  });

  it('can be asked about first', async () => {
    const dry = await api.post('/v2/conversations?dryRun=true', { messages: [{ text: 'x', role: 'agent' }] });
    expect(dry.body).toMatchObject({
      status: 201,
      conversation: { found: false },
      messages: [{ sends: false, reason: { code: 'not_delivered' } }],
    });
    expect(dry.body).not.toHaveProperty('contact');
  });
});
