import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Conversation, ConversationStatus } from '../../shared/domain/conversation.ts';
import { putOrganization } from '../../shared/store/configuration.ts';
import { toConversationItem } from '../../shared/store/conversation-item.ts';
import { batchWrite } from '../../shared/store/table.ts';
import { createTestClock } from '../support/api-clock.ts';
import { startRequest } from '../support/api-requests.ts';
import { ORGANIZATION, USER } from '../support/api-seed.ts';
import { type Answer, API_URL, type Api, startWorld, type World } from '../support/api-world.ts';
import { aConversation, aParticipant, newId } from '../support/builders.ts';
import { storeConversations } from '../support/inboxes.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers are read as a client would
type Json = any;

let world: World;
let api: Api;
let stranger: string;
const clock = createTestClock();
const began = clock.now();

const organization = newId();
const orgPath = `${ORGANIZATION.root}#${organization}`;
const agent = newId();
const other = newId();
const channel = newId();
const COUNT = 130;
const STATUSES: readonly ConversationStatus[] = ['queued', 'active', 'closed'];

/** Named `0` to `129`, each a second after the one before; the agent takes part in every other one. */
const conversations = Array.from({ length: COUNT }, (_, index): Conversation => {
  const participant = aParticipant({ inbox: index % 20 === 0, active: index % 3 === 1, unreadCount: index % 5 });
  return aConversation({
    organization,
    orgPath,
    name: String(index),
    status: STATUSES[index % 3] ?? 'queued',
    createdAt: began + index * 1000,
    updatedAt: began + index * 1000,
    participants: { [index % 2 === 0 ? agent : other]: participant, [USER.bot]: aParticipant({ role: 'bot' }) },
    channels: index % 40 === 0 ? [channel] : [],
    ...(index % 13 === 0 && { tags: ['vip', 'new'], meta: { intent: 'Buy' } }),
    ...(index % 50 === 0 && { category: 'sales', categoryIndex: 3 }),
  });
});

beforeAll(async () => {
  world = await startWorld();
  api = world.createApi({ clock });
  stranger = await world.token(USER.stranger, 'admin');
  await putOrganization(world.table, {
    id: organization,
    name: 'Busy',
    path: orgPath,
    status: 'active',
    settings: { identifierConflict: 'touchpoint', resendUnknownWhatsapp: false },
  });
  await storeConversations(world.table, conversations);
});
afterAll(() => world?.stop());

const list = (query: string, token?: string): Promise<Answer> => api.get(`/v2/conversations?${query}`, token);
const inOrganization = (query: string): Promise<Answer> => list(`organization=${organization}${query}`);
const namesOf = ({ body }: Answer): string[] => body.map(({ name }: Json) => name);
const linkOf = ({ headers }: Answer): string | undefined => /^<(.*)>; rel="next"$/.exec(String(headers.link))?.[1];
const at = (second: number): string => new Date(began + second * 1000).toISOString();
const named = (fits: (index: number) => boolean): string[] =>
  conversations.flatMap(({ name }, index) => (fits(index) ? name : [])).reverse();

/** Follows `Link` to the end; the names of each page. */
async function pagesFrom(first: Answer): Promise<string[][]> {
  expect(first.status, JSON.stringify(first.body)).toBe(200);
  const pages = [namesOf(first)];
  let link = linkOf(first);
  while (link !== undefined) {
    const page = await api.get(link.slice(API_URL.length));
    expect(page.status).toBe(200);
    pages.push(namesOf(page));
    link = linkOf(page);
  }
  return pages;
}

describe('the conversations of an organization', () => {
  it('are listed newest first, a hundred on a page, each once', async () => {
    const pages = await pagesFrom(await inOrganization(''));
    expect(pages.map((page) => page.length)).toEqual([100, 30]);
    expect(pages.flat()).toEqual(named(() => true));
  });

  it('are listed oldest first by sort=createdAt', async () =>
    expect((await pagesFrom(await inOrganization('&sort=createdAt&limit=50'))).flat()).toEqual(
      named(() => true).reverse(),
    ));

  it('are shown as they are by themselves, without their messages', async () => {
    const { body: started } = await api.post('/v2/conversations', startRequest({ organization: ORGANIZATION.strict }));
    const { body } = await list(`organization=${ORGANIZATION.strict}&limit=1`);
    const { messages: _, ...shown } = started;
    expect(body).toEqual([shown]);
  });

  it.each<[string, (index: number) => boolean]>([
    ['&status=queued', (index) => index % 3 === 0],
    ['&status=[queued,active]', (index) => index % 3 !== 2],
    ['&status=!closed', (index) => index % 3 !== 2],
    ['&tags=vip', (index) => index % 13 === 0],
    ['&meta.intent=buy', (index) => index % 13 === 0],
    ['&category=SALES&categoryIndex=3', (index) => index % 50 === 0],
    ['&category=', (index) => index % 50 !== 0],
    ['&name=~12', (index) => String(index).includes('12')],
    ['&type=contact&name=7', (index) => index === 7],
    ['&type=agent', () => false],
    [`&createdAt=>${at(120)}`, (index) => index > 120],
    [`&createdAt=>=${at(5)}&createdAt=<=${at(8)}`, (index) => index >= 5 && index <= 8],
    [`&createdAt=<${at(3)}&status=queued`, (index) => index === 0],
    [`&createdAt=>${at(8)}&createdAt=<${at(5)}`, () => false],
    [`&createdAt=${at(9)}`, (index) => index === 9],
    [`&updatedAt=>=${at(128)}`, (index) => index >= 128],
    [`&participants.user=![${agent}]&name=^1`, (index) => index % 2 === 1 && String(index).startsWith('1')],
    ['&participants.role=bot&participants.inbox=true', () => false],
    ['&participants.unreadCount=>3&status=queued', (index) => index % 5 === 4 && index % 3 === 0],
  ])('with %s', async (query, fits) =>
    expect((await pagesFrom(await inOrganization(`${query}&limit=20`))).flat()).toEqual(named(fits)),
  );

  it('are found by the path of the organization too', async () => {
    expect(namesOf(await list(`orgPath=${encodeURIComponent(orgPath)}&limit=2`))).toEqual(['129', '128']);
    expect(namesOf(await inOrganization(`&orgPath=^${ORGANIZATION.root}&limit=2`))).toEqual(['129', '128']);
    expect((await inOrganization(`&orgPath=^${ORGANIZATION.other}`)).body).toEqual([]);
  });

  it('are counted off by offset, and may be selected from and filled in', async () => {
    const { body } = await inOrganization('&offset=3&limit=1&select=name,contact.profile&populate=contact');
    const { id, profile } = conversations[126] as Conversation;
    expect(body).toEqual([{ id, name: '126', contact: { profile } }]);
  });

  it('are those of the token’s organization where none is named', async () => {
    const { body } = await list('', stranger);
    expect(body).toEqual([]);
    expect((await list('')).status).toBe(200);
  });

  it('do not hold those that were deleted, or are gone from the index by now', async () => {
    const gone = newId();
    await putOrganization(world.table, {
      id: gone,
      name: 'Gone',
      path: `${ORGANIZATION.root}#${gone}`,
      status: 'active',
      settings: { identifierConflict: 'touchpoint', resendUnknownWhatsapp: false },
    });
    await storeConversations(world.table, [
      aConversation({ organization: gone, orgPath: `${ORGANIZATION.root}#${gone}`, deletedAt: began }),
    ]);
    expect((await list(`organization=${gone}`)).body).toEqual([]);
  });
});

describe('the conversations of a user', () => {
  const ofAgent = (query: string, token?: string): Promise<Answer> => list(`participants.user=${agent}${query}`, token);
  const isTheirs = (index: number): boolean => index % 2 === 0;

  it.each<[string, (index: number) => boolean]>([
    ['', () => true],
    ['&participants.inbox=true', (index) => index % 20 === 0],
    ['&participants.inbox=true&status=queued', (index) => index % 60 === 0],
    ['&participants.inbox=false&status=[active,closed]', (index) => index % 20 !== 0 && index % 3 !== 0],
    ['&status=active', (index) => index % 3 === 1],
    ['&status=unheard', () => false],
    ['&participants.active=true', (index) => index % 3 === 1],
    [`&createdAt=>=${at(100)}&createdAt=<${at(110)}`, (index) => index >= 100 && index < 110],
    ['&meta.intent=buy', (index) => index % 13 === 0],
  ])('are listed newest first, with %s', async (query, fits) => {
    const pages = await pagesFrom(await ofAgent(`${query}&limit=7`));
    expect(pages.flat()).toEqual(named((index) => isTheirs(index) && fits(index)));
    expect(pages.slice(0, -1).every((page) => page.length === 7)).toBe(true);
  });

  it('are listed oldest first by sort=createdAt', async () =>
    expect((await pagesFrom(await ofAgent('&sort=createdAt&limit=30'))).flat()).toEqual(named(isTheirs).reverse()));

  it('are none to those whom the token does not reach', async () =>
    expect(await ofAgent('', stranger)).toMatchObject({ status: 200, body: [] }));

  it('are as they are now, though the list lags behind', async () => {
    const user = newId();
    const stored = aConversation({ organization, orgPath, participants: { [user]: aParticipant() } });
    await storeConversations(world.table, [stored]);
    const now = toConversationItem({ ...stored, status: 'closed' }, []);
    await batchWrite(world.table, [{ PutRequest: { Item: now } }]);
    expect((await list(`participants.user=${user}&status=queued`)).body).toEqual([]);
    expect((await list(`participants.user=${user}`)).body).toMatchObject([{ id: stored.id, status: 'closed' }]);
  });

  it('come once while the list holds them at their old and at their new place', async () => {
    const user = newId();
    const stored = aConversation({ organization, orgPath, participants: { [user]: aParticipant() } });
    await storeConversations(world.table, [stored]);
    await storeConversations(world.table, [{ ...stored, status: 'active' }]);
    expect((await list(`participants.user=${user}`)).body).toMatchObject([{ id: stored.id, status: 'active' }]);
  });

  it('who is a bot are those assigned to it; others are not listed', async () => {
    const refused = await list(`participants.user=${USER.guest}`);
    expect([refused.status, refused.body.error.details[0].path]).toEqual([400, 'participants.user']);
    const bot = await list(`participants.user=${USER.guest}&participants.inbox=true`);
    expect([bot.status, bot.body]).toEqual([200, []]);
  });
});

it('lists the conversations that a channel announces, newest first', async () => {
  expect((await pagesFrom(await list(`channels=${channel}&limit=3`))).flat()).toEqual(
    named((index) => index % 40 === 0),
  );
  expect(namesOf(await list(`channels=${channel}&status=active`))).toEqual(['40']);
  expect((await list(`channels=${channel}`, stranger)).body).toEqual([]);
});

describe('conversations by name', () => {
  it('are listed by their ids, as far as they are in reach, and sorted by anything', async () => {
    const some = [conversations[3], conversations[1], conversations[2]].map((one) => one?.id);
    const named = await list(`id=[${[...some, newId(), some[0]]}]`);
    expect([namesOf(named), named.headers['x-total-count']]).toEqual([['3', '1', '2'], '3']);
    expect(namesOf(await list(`id=[${some}]&sort=-name&limit=2`))).toEqual(['3', '2']);
    expect(namesOf(await list(`id=[${some}]&status=active`))).toEqual(['1']);
    expect((await list(`id=[${some}]`, stranger)).body).toEqual([]);
  });

  it('are listed by their contacts', async () => {
    const { contact } = conversations[5] as Conversation;
    expect(namesOf(await list(`contact=${contact}`))).toEqual(['5']);
    expect((await list(`contact=[${contact},${newId()}]`, stranger)).body).toEqual([]);
  });
});

describe('a list of conversations is refused', () => {
  it.each([
    ['color=red', 'color'],
    ['sort=name', 'sort'],
    ['sort=-createdAt,name', 'sort'],
    ['organization=x', 'organization'],
    [`organization=[${newId()},${newId()}]`, 'organization'],
    [`orgPath=^${ORGANIZATION.root}`, 'orgPath'],
    [`orgPath=[${orgPath},${ORGANIZATION.root}]`, 'orgPath'],
    ['id=x', 'id'],
    ['contact=x', 'contact'],
    ['cursor=x', 'cursor'],
    [`cursor=${Buffer.from(`0000000000001#${newId()}`).toString('base64url')}&createdAt=>2020-01-01`, 'cursor'],
    ['meta.intent=buy', 'meta.intent'],
    ['populate=participants', 'populate'],
    ['offset=1001', 'offset'],
    ['createdAt=soon', 'createdAt'],
  ])('with %s', async (query, path) => {
    const answer = await list(query);
    expect([answer.status, answer.body.error?.details[0].path]).toEqual([400, path]);
  });

  it('of an organization that is out of reach, as of one that is not there', async () => {
    const theirs = await list(`organization=${organization}`, stranger);
    const nobodys = await list(`organization=${newId()}`, stranger);
    expect([theirs.status, theirs.body]).toEqual([404, nobodys.body]);
  });

  it('to a guest', async () => expect((await list('', await world.token(USER.guest, 'guest'))).status).toBe(403));
});
