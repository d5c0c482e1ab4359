import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Purge } from '../../shared/contracts/queue-messages.ts';
import { purge } from '../../shared/store/deletion.ts';
import { claim } from '../../shared/store/deliveries.ts';
import { locateMessage } from '../../shared/store/messages.ts';
import { createTestClock } from '../support/api-clock.ts';
import { emailMessage, newEmail, newTelephone } from '../support/api-requests.ts';
import { ORGANIZATION, USER } from '../support/api-seed.ts';
import { type Answer, type Api, startWorld, type World } from '../support/api-world.ts';

let world: World;
let api: Api;
let admin: string;
const clock = createTestClock();
const purges: Purge[] = [];
beforeAll(async () => {
  world = await startWorld();
  api = world.createApi({ clock });
  Object.assign(api.parts, {
    purges: { send: async (sent: { body: Purge }[]) => void purges.push(...sent.map(({ body }) => body)) },
  });
  admin = await world.token(USER.admin, 'admin');
});
afterAll(() => world?.stop());

const person = () => ({ name: 'John Johnson', email: newEmail(), telephone: newTelephone() });

const start = (profile: object, message: object = {}): Promise<Answer> =>
  api.post('/v2/conversations', {
    organization: ORGANIZATION.shop,
    type: 'contact',
    contact: { profile },
    messages: [{ ...emailMessage('A secret of mine. '.repeat(100)), ...message }],
  });

const remove = (contact: string, token = admin): Promise<Answer> =>
  api.send({ method: 'DELETE', path: `/v2/contacts/${contact}`, headers: { authorization: `Bearer ${token}` } });

it('shows a contact by its id', async () => {
  const profile = person();
  const { body } = await start(profile);
  const { status, body: contact } = await api.get(`/v2/contacts/${body.contact}`);
  expect(status).toBe(200);
  expect(contact).toMatchObject({ id: body.contact, conversation: body.id, organization: ORGANIZATION.shop, profile });
  expect((await api.get('/v2/contacts/ffffffffffffffffffffffff')).status).toBe(404);
});

it('forgets a deleted contact: nobody finds them, and the next request starts anew', async () => {
  const profile = person();
  const { body } = await start(profile);
  const { status, body: answer } = await remove(body.contact);
  expect(status).toBe(200);
  expect(answer.deleted).toEqual({ contact: body.contact, conversation: body.id, identifiers: 2 });
  expect((await api.get(`/v2/conversations/${body.id}`)).status).toBe(404);
  expect((await api.get(`/v2/contacts/${body.contact}`)).status).toBe(404);
  expect((await api.get(`/v2/messages/${body.messages[0]}`)).status).toBe(404);
  expect((await api.post(`/v2/conversations/${body.id}/messages`, emailMessage())).status).toBe(404);

  const anew = await start(profile);
  expect(anew.status).toBe(201);
  expect(anew.body.id).not.toBe(body.id);
});

it('leaves nothing of them in the table once their messages are purged', async () => {
  const profile = person();
  const { body } = await start(profile);
  await remove(body.contact);
  const asked = purges.find((request) => request.purge === body.id);
  expect(asked).toEqual({ purge: body.id, organization: ORGANIZATION.shop });
  await purge(world.table, body.id);
  const left = JSON.stringify((await world.items()).filter(({ pk }) => String(pk).includes(body.id)));
  expect(left).toBe('[]');
  const everything = JSON.stringify(await world.items());
  expect(everything).not.toContain(profile.email);
  expect(everything).not.toContain(profile.telephone);
});

it('purges nobody who was not deleted', async () => {
  const { body } = await start(person());
  expect(await purge(world.table, body.id)).toBe(0);
  expect((await api.get(`/v2/conversations/${body.id}`)).status).toBe(200);
});

it('does not answer while a message to the contact is on its way', async () => {
  const { body } = await start(person());
  const place = await locateMessage(world.table, body.messages[0]);
  if (!place) throw new Error('no such message');
  const now = clock.now();
  await claim(world.table, place, { attempt: 0, token: 'a', now, leaseMs: 45_000, due: now });
  expect(await remove(body.contact)).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
  expect((await api.get(`/v2/conversations/${body.id}`)).status).toBe(404);
  clock.advance(45_000);
  expect((await remove(body.contact)).status).toBe(200);
});

it('needs the scope admin, and an organization in reach', async () => {
  const { body } = await start(person());
  expect((await remove(body.contact, world.botToken)).status).toBe(403);
  expect((await remove(body.contact, await world.token(USER.stranger, 'admin'))).status).toBe(404);
  expect((await api.get(`/v2/conversations/${body.id}`)).status).toBe(200);
});
