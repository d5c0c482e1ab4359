import { afterAll, beforeAll, expect, it } from 'vitest';
import { UserSchema } from '../../shared/contracts/configuration.ts';
import { conversationKey } from '../../shared/store/keys.ts';
import { updateItem } from '../../shared/store/table.ts';
import { putUser } from '../../shared/store/users.ts';
import { startRequest } from '../support/api-requests.ts';
import { ORGANIZATION, pathOf, USER } from '../support/api-seed.ts';
import { type Answer, type Api, startWorld, type World } from '../support/api-world.ts';
import { aParticipant, newId } from '../support/builders.ts';

let world: World;
let api: Api;
let guest: string;
beforeAll(async () => {
  world = await startWorld();
  api = world.createApi();
  guest = await world.token(USER.guest, 'guest');
});
afterAll(() => world?.stop());

// biome-ignore lint/suspicious/noExplicitAny: requests and answers are read as a client would
type Json = any;

const invited = async (): Promise<string> => {
  const body = { organization: ORGANIZATION.shop, participants: [USER.guest], messages: [{ text: 'Welcome' }] };
  return (await api.post('/v2/conversations', body)).body.id;
};
const strange = async (): Promise<string> => (await api.post('/v2/conversations', startRequest())).body.id;
/** Makes a user a participant of a conversation. */
const join = async (id: string, user: string): Promise<void> => {
  const outcome = await updateItem(world.table, conversationKey(id), {
    set: { [`participants.${user}`]: aParticipant({ role: 'guest' }) },
  });
  expect(outcome.done).toBe(true);
};
const say = (id: string, messages: Json, headers: Record<string, string> = {}): Promise<Answer> =>
  api.post(`/v2/conversations/${id}/messages`, messages, { authorization: `Bearer ${guest}`, ...headers });

it('a guest reads and writes where they take part', async () => {
  const id = await invited();
  expect((await api.get(`/v2/conversations/${id}`, guest)).status).toBe(200);
  const { status, body } = await say(id, { text: 'Hello' });
  expect(status).toBe(201);
  expect(body).toMatchObject({ user: USER.guest, conversation: id });
  expect((await say(id, { text: 'Once' }, { 'idempotency-key': 'guest-1' })).status).toBe(201);
  expect((await api.get(`/v2/conversations/${id}/messages`, guest)).body).toHaveLength(3);
});

it('to a guest all other conversations of the organization are not there', async () => {
  const id = await strange();
  const answers = [
    await api.get(`/v2/conversations/${id}`, guest),
    await api.get(`/v2/conversations/${id}/messages`, guest),
    await say(id, { text: 'Hello' }),
    await say(id, { text: 'x'.repeat(2000), role: 'agent' }),
    await say(id, { text: 'Hello', clientId: 'mine' }),
    await say(id, { text: 'Hello' }, { 'idempotency-key': 'guest-2' }),
    await say('ffffffffffffffffffffffff', { text: 'Hello' }),
  ];
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
  expect(new Set(answers.map(({ body }) => body.error.message))).toEqual(new Set(['Conversation not found']));
  expect((await api.get(`/v2/conversations/${id}`)).body.messages).toHaveLength(1);
});

it('an agent of another organization is a guest here all the same', async () => {
  const memberships = [
    { organization: ORGANIZATION.other, orgPath: ORGANIZATION.other, role: 'admin' as const, selected: true },
    { organization: ORGANIZATION.shop, orgPath: pathOf(ORGANIZATION.shop), role: 'guest' as const },
  ];
  const user = UserSchema.parse({ id: newId(), organizations: memberships });
  await putUser(world.table, user);
  const token = await world.token(user.id, 'admin');
  const authorization = `Bearer ${token}`;
  const own = await strange();
  const answers = [
    await api.get(`/v2/conversations/${own}`, token),
    await api.get(`/v2/conversations/${own}/messages`, token),
    await api.post(`/v2/conversations/${own}/messages`, { text: 'Hello' }, { authorization }),
    await api.post(
      `/v2/conversations/${own}/messages`,
      { text: 'Once' },
      { authorization, 'idempotency-key': 'mixed' },
    ),
    await api.post('/v2/messages', { text: 'Hello', conversation: own }, { authorization }),
  ];
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
  expect((await api.get(`/v2/conversations?id=${own}`, token)).body).toEqual([]);
  expect((await api.get(`/v2/conversations/${own}`)).body.messages).toHaveLength(1);
  await join(own, user.id);
  const { status, body } = await api.get(`/v2/conversations/${own}?populate=contact`, token);
  expect([status, typeof body.contact]).toEqual([200, 'string']);
  expect((await api.post(`/v2/conversations/${own}/messages`, { text: 'Hello' }, { authorization })).status).toBe(201);
  const foreign = { text: 'theirs', user: USER.agent };
  expect((await api.post(`/v2/conversations/${own}/messages`, foreign, { authorization })).status).toBe(400);
});

it('a guest speaks for nobody else', async () => {
  const { status, body } = await say(await invited(), [{ text: 'mine' }, { text: 'theirs', user: USER.agent }]);
  expect([status, body.error.details[0].path]).toEqual([400, 'messages.1.user']);
});
