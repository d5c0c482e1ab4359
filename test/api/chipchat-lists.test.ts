import { afterAll, beforeAll, expect, it } from 'vitest';
import { toMessageItems } from '../../shared/store/message-item.ts';
import { batchWrite } from '../../shared/store/table.ts';
import { createTestClock } from '../support/api-clock.ts';
import { ORGANIZATION, pathOf, USER } from '../support/api-seed.ts';
import { startWorld, type World } from '../support/api-world.ts';
import { aConversation, aMessage, aParticipant, newId } from '../support/builders.ts';
import { storeConversations } from '../support/inboxes.ts';
import { type SdkServer, serveSdk } from '../support/sdk-server.ts';

// biome-ignore lint/suspicious/noExplicitAny: the SDK has no types
type Json = any;

let world: World;
let server: SdkServer;
let sdk: Json;
const clock = createTestClock();
const agent = newId();
const long = aConversation({
  organization: ORGANIZATION.shop,
  orgPath: pathOf(ORGANIZATION.shop),
  participants: { [agent]: aParticipant({ inbox: true }) },
});

beforeAll(async () => {
  world = await startWorld();
  server = await serveSdk((publicUrl) => world.createApi({ clock, parts: { publicUrl } }));
  sdk = server.sdk(world.botToken);
  const more = Array.from({ length: 11 }, () => aConversation({ ...long, id: newId() }));
  await storeConversations(world.table, [long, ...more]);
  const messages = Array.from({ length: 205 }, (_, index) =>
    aMessage({ conversation: long.id, organization: ORGANIZATION.shop, seq: index + 1, text: String(index) }),
  );
  await batchWrite(
    world.table,
    messages.map((message) => ({ PutRequest: { Item: toMessageItems(message).item } })),
  );
});
afterAll(async () => {
  server?.stop();
  await world?.stop();
});

const texts = (messages: Json[]): string[] => messages.map(({ text }) => text);
const all = Array.from({ length: 205 }, (_, index) => String(index));

it('lists the first page where the SDK does not page', async () => {
  expect(texts(await sdk.messages.list({ conversation: long.id }))).toEqual(all.slice(0, 100));
  const shop = await sdk.watemplates.list({ organization: ORGANIZATION.shop, select: 'name, language' });
  expect(shop.headers.totalCount).toBe(String(shop.length));
});

it('leads the SDK from page to page, to the end', async () => {
  expect(texts(await sdk.messages.list({ conversation: long.id, pagination: { backoff: 0 } }))).toEqual(all);
  const some = await sdk.messages.list({ conversation: long.id, pagination: { limit: 7, countLimit: 20, backoff: 0 } });
  expect(texts(some)).toEqual(all.slice(0, 20));
});

it('answers the filters that the SDK writes: nested objects, lists, and operators', async () => {
  const inbox = await sdk.conversations.list({
    participants: { user: agent, inbox: true },
    status: ['queued', 'active'],
    createdAt: '>=2019-01-01',
    select: 'participants, status',
    pagination: { limit: 5, backoff: 0 },
  });
  expect(new Set(inbox.map(({ id }: Json) => id)).size).toBe(12);
  expect(Object.keys(inbox[0])).toEqual(['id', 'status', 'participants']);
  const few = await sdk.watemplates.list({
    organization: ORGANIZATION.shop,
    language: ['en', 'de'],
    pagination: { limit: 1, backoff: 0 },
  });
  expect(few.map(({ language }: Json) => language)).toEqual(['de', 'en']);
});

it('finds a contact as the SDK’s sample does', async () => {
  const [contact] = await sdk.contacts.list({ conversation: long.id, populate: 'conversation' });
  expect(contact).toMatchObject({ id: long.contact, conversation: { id: long.id, status: 'queued' } });
  const nobody = await sdk.contacts.list({
    'profile.telephone': '+31646280994',
    organization: ORGANIZATION.shop,
  });
  expect(nobody).toHaveLength(0);
});

it('says what is wrong with a list in the words that the SDK passes on', async () => {
  const refused = await sdk.messages.list({ role: USER.agent }).catch((error: unknown) => error);
  expect(refused).toMatchObject({ statusCode: 400, message: expect.stringContaining('conversation=<id>') });
});
