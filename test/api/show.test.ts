import { afterAll, beforeAll, expect, it } from 'vitest';
import { emailMessage, startRequest } from '../support/api-requests.ts';
import { ORGANIZATION, USER } from '../support/api-seed.ts';
import { type Api, startWorld, type World } from '../support/api-world.ts';

let world: World;
let api: Api;
// biome-ignore lint/suspicious/noExplicitAny: an answer, as a client would read it
let conversation: any;
beforeAll(async () => {
  world = await startWorld();
  api = world.createApi();
  conversation = (await api.post('/v2/conversations', startRequest())).body;
});
afterAll(() => world?.stop());

const paths = (): Record<string, string> => ({
  conversation: `/v2/conversations/${conversation.id}`,
  message: `/v2/messages/${conversation.messages[0]}`,
  contact: `/v2/contacts/${conversation.contact}`,
});
const get = (resource: string, query: string, token?: string) => api.get(`${paths()[resource]}?${query}`, token);

it.each(['conversation', 'message', 'contact'])('shows the selected fields of a %s, and its id', async (resource) => {
  const { body: whole } = await get(resource, '');
  const { status, body } = await get(resource, 'select=organization, nothing');
  expect([status, body]).toEqual([200, { id: whole.id, organization: ORGANIZATION.shop }]);
});

it('shows parts of what is selected, in every participant', async () => {
  const { body } = await get('conversation', 'select=participants.role,touchpoints.email.selected');
  expect(body).toEqual({
    id: conversation.id,
    participants: [{ role: 'agent' }],
    touchpoints: { email: { selected: true } },
  });
});

it('fills in what a conversation refers to', async () => {
  const { body } = await get('conversation', 'populate=messages,contact');
  const [message, contact] = await Promise.all([get('message', ''), get('contact', '')]);
  expect(body).toEqual({ ...conversation, messages: [message.body], contact: contact.body });
});

it.each(['message', 'contact'])('fills in the conversation of a %s, without its messages', async (resource) => {
  const { messages: _, ...shown } = conversation;
  expect((await get(resource, 'populate=conversation')).body.conversation).toEqual(shown);
});

it('selects from what was filled in', async () =>
  expect((await get('message', 'populate=conversation&select=conversation.status')).body).toEqual({
    id: conversation.messages[0],
    conversation: { status: 'queued' },
  }));

it('shows a contact to nobody by the conversation who may not see it by itself', async () => {
  const guest = await world.token(USER.guest, 'guest');
  const messages = [{ ...emailMessage(), user: USER.guest }];
  const { body } = await api.post('/v2/conversations', startRequest({ messages }));
  const path = `/v2/conversations/${body.id}`;
  expect((await api.get(path, guest)).status).toBe(200);
  expect((await api.get(`${path}?populate=contact`, guest)).status).toBe(403);
});

it.each(['conversation', 'message', 'contact'])('refuses to fill in what a %s does not refer to', async (resource) => {
  const { status, body } = await get(resource, 'populate=secrets');
  expect([status, body.error.details[0].path]).toEqual([400, 'populate']);
});
