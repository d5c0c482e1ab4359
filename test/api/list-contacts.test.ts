import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestClock } from '../support/api-clock.ts';
import { newEmail, newTelephone, startRequest, startWith } from '../support/api-requests.ts';
import { ORGANIZATION, USER } from '../support/api-seed.ts';
import { type Answer, API_URL, type Api, startWorld, type World } from '../support/api-world.ts';
import { aConversation, newId } from '../support/builders.ts';
import { storeConversations } from '../support/inboxes.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers are read as a client would
type Json = any;

let world: World;
let api: Api;
let agent: string;
let stranger: string;
const clock = createTestClock();
const email = newEmail();
const former = newEmail();
const telephone = newTelephone();
const otherTelephone = newTelephone();
let ada: Json;
let bob: Json;

beforeAll(async () => {
  world = await startWorld();
  api = world.createApi({ clock });
  agent = await world.token(USER.agent, 'agent');
  stranger = await world.token(USER.stranger, 'admin');
  const start = async (profile: object) => {
    clock.advance(1000);
    return (await api.post('/v2/conversations', startWith(profile))).body;
  };
  ada = await start({ name: 'Ada', email: former, telephone });
  await api.post('/v2/conversations', startWith({ email, telephone }));
  bob = await start({ name: 'Bob', telephone: otherTelephone, locale: 'nl' });
});
afterAll(() => world?.stop());

const list = (query: string, token = agent): Promise<Answer> => api.get(`/v2/contacts?${query}`, token);
const inShop = (query: string, token?: string): Promise<Answer> =>
  list(`organization=${ORGANIZATION.shop}&${query}`, token);
const idsOf = ({ status, body }: Answer): string[] => {
  expect(status, JSON.stringify(body)).toBe(200);
  return body.map(({ id }: Json) => id);
};

describe('a contact is found', () => {
  it.each<[string, () => string]>([
    ['their email', () => `profile.email=${email}`],
    ['an email however it is written', () => `profile.email=%20${email.toUpperCase()}`],
    ['an email they had before', () => `profile.email=${former}`],
    ['their telephone', () => `profile.telephone=${encodeURIComponent(telephone)}`],
    ['a telephone whose + stands bare in the query', () => `profile.telephone=${telephone}`],
    ['a telephone as the country writes it', () => `profile.telephone=${telephone.replace('+31', '0')}`],
    ['both', () => `profile.email=${email}&profile.telephone=${encodeURIComponent(telephone)}`],
    ['one of several', () => `profile.email=[${newEmail()},${email}]`],
    ['an email and more that is true', () => `profile.email=${email}&profile.name=ada`],
  ])('by %s', async (_, query) => {
    const answer = await inShop(query());
    expect(idsOf(answer)).toEqual([ada.contact]);
    expect(answer.headers['x-total-count']).toBe('1');
    expect(answer.body[0]).toEqual((await api.get(`/v2/contacts/${ada.contact}`)).body);
  });

  it.each<[string, () => string]>([
    ['an email nobody has', () => `profile.email=${newEmail()}`],
    [
      'the email of one and the telephone of another',
      () => `profile.email=${email}&profile.telephone=${otherTelephone}`,
    ],
    ['an email and more that is not true', () => `profile.email=${email}&profile.name=Bob`],
  ])('by nothing else: %s', async (_, query) => expect(idsOf(await inShop(query()))).toEqual([]));

  it('by the organization of the token, where none is named', async () => {
    expect((await list(`profile.email=${email}`, await world.token(USER.bot, 'bot'))).body).toEqual([]);
    expect((await list(`profile.email=${email}`, stranger)).body).toEqual([]);
  });

  it('by their id or their conversation', async () => {
    expect(idsOf(await list(`id=[${bob.contact},${ada.contact},${newId()}]`))).toEqual([bob.contact, ada.contact]);
    expect(idsOf(await list(`conversation=${bob.id}`))).toEqual([bob.contact]);
    expect(idsOf(await list(`id=[${bob.contact},${ada.contact}]&sort=profile.name`))).toEqual([
      ada.contact,
      bob.contact,
    ]);
    expect((await list(`id=${bob.contact}`, stranger)).body).toEqual([]);
    expect((await list(`conversation=${bob.id}`, stranger)).body).toEqual([]);
  });
});

describe('the contacts of an organization', () => {
  it('are listed newest first, page by page', async () => {
    const first = await inShop('limit=1');
    expect(idsOf(first)).toEqual([bob.contact]);
    const link = /^<(.*)>/.exec(String(first.headers.link))?.[1] ?? '';
    expect(idsOf(await api.get(link.slice(API_URL.length)))).toEqual([ada.contact]);
  });

  it.each<[string, () => string[]]>([
    ['profile.name=~a', () => [ada.contact]],
    ['profile.locale=nl', () => [bob.contact]],
    ['profile.locale=', () => [ada.contact]],
    ['profile.email=~person', () => [ada.contact]],
    ['profile.email=', () => [bob.contact]],
    ['sort=createdAt', () => [ada.contact, bob.contact]],
  ])('are those that fit %s', async (query, expected) => expect(idsOf(await inShop(query))).toEqual(expected()));

  it('are people, not the conversations of a team', async () => {
    const team = { ...aConversation(), type: 'agent' as const, organization: ORGANIZATION.bare, profile: {} };
    const { contact: _, ...teams } = team;
    await storeConversations(world.table, [teams]);
    const bot = await world.token(USER.bot, 'bot');
    expect((await list(`organization=${ORGANIZATION.bare}`, bot)).body).toEqual([]);
    expect((await list(`conversation=${team.id}`, bot)).body).toEqual([]);
    expect((await list(`id=${team.contact}`, bot)).body).toEqual([]);
  });

  it('are filled in with their conversations', async () => {
    const { body } = await inShop('limit=1&populate=conversation&select=conversation.id,conversation.status');
    expect(body).toEqual([{ id: bob.contact, conversation: { id: bob.id, status: 'queued' } }]);
  });
});

describe('a list of contacts is refused', () => {
  it.each([
    ['profile.email=x', 'profile.email'],
    ['profile.telephone=12', 'profile.telephone'],
    ['id=x', 'id'],
    ['conversation=x', 'conversation'],
    ['sort=profile.name', 'sort'],
    ['profile.shoe=44', 'profile.shoe'],
    ['organization=x', 'organization'],
  ])('with %s', async (query, path) => {
    const answer = await inShop(query);
    const other = query.startsWith('organization') ? await list(query) : answer;
    expect([other.status, other.body.error?.details[0].path]).toEqual([400, path]);
  });

  it('of an organization that is out of reach, as of one that is not there', async () => {
    for (const query of ['', `&profile.email=${email}`]) {
      const theirs = await list(`organization=${ORGANIZATION.shop}${query}`, stranger);
      const nobodys = await list(`organization=${newId()}${query}`, stranger);
      expect([theirs.status, theirs.body]).toEqual([404, nobodys.body]);
    }
  });

  it('to a guest', async () => expect((await list('', await world.token(USER.guest, 'guest'))).status).toBe(403));
});

it('lists whoever a request just started', async () => {
  const { body } = await api.post('/v2/conversations', startRequest({ organization: ORGANIZATION.strict }));
  const bot = await world.token(USER.bot, 'bot');
  expect((await list(`organization=${ORGANIZATION.strict}`, bot)).body[0].id).toBe(body.contact);
});
