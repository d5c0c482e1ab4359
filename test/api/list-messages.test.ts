import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toMessageItems } from '../../shared/store/message-item.ts';
import { appendMessages } from '../../shared/store/messages.ts';
import { batchWrite } from '../../shared/store/table.ts';
import { createTestClock } from '../support/api-clock.ts';
import { emailMessage, startRequest } from '../support/api-requests.ts';
import { ORGANIZATION, USER } from '../support/api-seed.ts';
import { type Answer, API_URL, type Api, startWorld, type World } from '../support/api-world.ts';
import { aMessage, newId } from '../support/builders.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers are read as a client would
type Json = any;

let world: World;
let api: Api;
let stranger: string;
/** With 251 messages, `0` to `250` by their text, each a second after the one before. */
let long: Json;
const clock = createTestClock();
const started = clock.now();
const at = (second: number): string => encodeURIComponent(new Date(started + second * 1000).toISOString());

beforeAll(async () => {
  world = await startWorld();
  api = world.createApi({ clock });
  stranger = await world.token(USER.stranger, 'admin');
  long = (await api.post('/v2/conversations', startRequest({ messages: [emailMessage('0')] }))).body;
  const messages = Array.from({ length: 250 }, (_, index) =>
    aMessage({
      conversation: long.id,
      organization: ORGANIZATION.shop,
      due: started + (index + 1) * 1000,
      createdAt: started + (index + 1) * 1000,
      seq: index + 2,
      text: String(index + 1),
      state: 'done',
      type: index % 2 === 0 ? 'chat' : 'report',
      role: index % 50 === 0 ? 'contact' : 'agent',
      ...(index % 10 === 0 && { isBackchannel: true, meta: { intent: 'Buy' } }),
    }),
  );
  await batchWrite(
    world.table,
    messages.map((message) => ({ PutRequest: { Item: toMessageItems(message).item } })),
  );
});
afterAll(() => world?.stop());

const list = (query: string, token?: string): Promise<Answer> => api.get(`/v2/messages?${query}`, token);
const ofLong = (query: string): Promise<Answer> => list(`conversation=${long.id}${query}`);
const textsOf = ({ body }: Answer): string[] => body.map(({ text }: Json) => text);
const range = (from: number, to: number): string[] =>
  Array.from({ length: Math.abs(to - from) + 1 }, (_, index) => String(from < to ? from + index : from - index));
const linkOf = ({ headers }: Answer): string | undefined => /^<(.*)>; rel="next"$/.exec(String(headers.link))?.[1];

/** Follows `Link` to the end; the texts of each page. */
async function pagesFrom(first: Answer): Promise<string[][]> {
  const pages = [textsOf(first)];
  let link = linkOf(first);
  while (link !== undefined) {
    expect(link.startsWith(API_URL)).toBe(true);
    expect(link).not.toContain(',');
    const page = await api.get(link.slice(API_URL.length));
    expect(page.status).toBe(200);
    pages.push(textsOf(page));
    link = linkOf(page);
  }
  return pages;
}

describe('the messages of a conversation', () => {
  it('are listed oldest first, a hundred on a page, each once', async () =>
    expect(await pagesFrom(await ofLong(''))).toEqual([range(0, 99), range(100, 199), range(200, 250)]));

  it('are listed newest first by sort=-createdAt', async () =>
    expect(await pagesFrom(await ofLong('&sort=-createdAt&limit=150'))).toEqual([range(250, 101), range(100, 0)]));

  it('end without Link where the last page is full', async () => {
    const pages = await pagesFrom(await ofLong('&limit=251'));
    expect(pages.map((page) => page.length)).toEqual([251]);
  });

  it('are whole ones', async () => {
    const { body } = await ofLong('&limit=1');
    expect(body[0]).toEqual((await api.get(`/v2/messages/${long.messages[0]}`)).body);
  });

  it.each<[string, string[]]>([
    ['&role=contact', ['1', '51', '101', '151', '201']],
    ['&role=[contact]&sort=-createdAt', ['201', '151', '101', '51', '1']],
    ['&role=contact&offset=2&limit=2', ['101', '151', '201']],
    [`&createdAt=>${at(248)}`, ['249', '250']],
    [`&createdAt=>=${at(249)}&sort=-createdAt`, ['250', '249']],
    [`&createdAt=<${at(2)}`, ['0', '1']],
    [`&createdAt=>${at(100)}&createdAt=<=${at(102)}`, ['101', '102']],
    [`&createdAt=${at(7)}`, ['7']],
    ['&isBackchannel=true&role=contact', ['1', '51', '101', '151', '201']],
    ['&isBackchannel=false&text=[0,1,2]', ['0', '2']],
    ['&meta.intent=buy&text=^24', ['241']],
    ['&text=~49&type=!chat', []],
    ['&text=~49&type=!report', ['49', '149', '249']],
    ['&delivery.status=queued', ['0']],
  ])('with %s', async (query, expected) => {
    const pages = await pagesFrom(await ofLong(query));
    expect(pages.flat()).toEqual(expected);
  });

  it.each<[string, string[][]]>([
    ['&role=contact&limit=2', [['1', '51'], ['101', '151'], ['201']]],
    [`&createdAt=>=${at(248)}&limit=2&sort=-createdAt`, [['250', '249'], ['248']]],
  ])('with %s go on from page to page', async (query, expected) =>
    expect(await pagesFrom(await ofLong(query))).toEqual(expected),
  );

  it('are shown by the selected fields, with what they refer to', async () => {
    const { body } = await ofLong('&limit=1&select=text,conversation.status&populate=conversation');
    expect(body).toEqual([{ id: long.messages[0], text: '0', conversation: { status: 'queued' } }]);
  });

  it('have their bodies, however large, and as many on a page as an answer takes', async () => {
    const { id } = (await api.post('/v2/conversations', startRequest())).body;
    const text = 'é'.repeat(65_000);
    const large = Array.from({ length: 40 }, (_, index) =>
      aMessage({ conversation: id, organization: ORGANIZATION.shop, due: started + 1000, seq: index + 2, text }),
    );
    await appendMessages(world.table, large);
    const pages = await pagesFrom(await list(`conversation=${id}&text=~é`));
    expect(pages.length).toBe(2);
    expect(pages.flat()).toEqual(large.map(() => text));
  });

  it('are shown where they are now, not where they moved from', async () => {
    const { body } = await api.post(
      '/v2/conversations',
      startRequest({
        messages: [emailMessage('late'), emailMessage('next')].map((message) => ({ ...message, delay: 60_000 })),
      }),
    );
    await api.send({
      method: 'PATCH',
      path: `/v2/messages/${body.messages[0]}`,
      headers: { authorization: `Bearer ${world.botToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ delay: 120_000 }),
    });
    expect(textsOf(await list(`conversation=${body.id}`))).toEqual(['next', 'late']);
  });
});

describe('a conversation', () => {
  it('leads from its newest messages to all before them', async () => {
    const conversation = await api.get(`/v2/conversations/${long.id}?populate=messages`);
    expect(conversation.body.messages.map(({ text }: Json) => text)).toEqual(range(151, 250));
    const link = linkOf(conversation) ?? '';
    const older = await api.get(link.slice(API_URL.length));
    expect((await pagesFrom(older)).flat()).toEqual(range(150, 0));
  });

  it('leads nowhere where it shows all', async () => {
    const { body } = await api.post('/v2/conversations', startRequest());
    expect((await api.get(`/v2/conversations/${body.id}`)).headers.link).toBeUndefined();
  });

  it('lists its messages to whoever may read it', async () => {
    const guest = await world.token(USER.agent, 'agent');
    const { status, body } = await api.get(`/v2/conversations/${long.id}/messages?limit=2`, guest);
    expect([status, body.map(({ text }: Json) => text)]).toEqual([200, ['0', '1']]);
    expect((await list(`conversation=${long.id}`, guest)).status).toBe(403);
    expect((await api.get(`/v2/conversations/${long.id}/messages`, stranger)).status).toBe(404);
  });
});

describe('messages by their ids', () => {
  it('are listed as they are named, and those out of reach or unknown are not', async () => {
    const all = (await ofLong('&limit=3')).body.map(({ id }: Json) => id);
    const named = [all[2], newId(), all[0], all[2]];
    const { body, headers } = await list(`id=[${named}]`);
    expect(body.map(({ id }: Json) => id)).toEqual([all[2], all[0]]);
    expect(headers['x-total-count']).toBe('2');
    expect((await list(`id=[${named}]`, stranger)).body).toEqual([]);
    expect(textsOf(await list(`id=${all[1]}&role=contact`))).toEqual(['1']);
    expect(textsOf(await list(`id=[${all}]&sort=-createdAt&limit=2`))).toEqual(['2', '1']);
  });
});

describe('a list of messages is refused', () => {
  it.each([
    ['', 400, ''],
    ['role=agent', 400, ''],
    ['id=!abc', 400, ''],
    ['id=x', 400, 'id'],
    ['conversation=x', 400, 'conversation'],
    [`conversation=[${newId()},${newId()}]`, 400, 'conversation'],
    [`conversation=!${newId()}`, 400, 'conversation'],
  ])('with %s', async (query, status, path) => {
    const answer = await list(query);
    expect([answer.status, answer.body.error.details[0].path]).toEqual([status, path]);
  });

  it.each([
    ['&color=red', 'color'],
    ['&sort=text', 'sort'],
    ['&sort=createdAt,text', 'sort'],
    ['&offset=1001', 'offset'],
    ['&cursor=nonsense', 'cursor'],
    [`&cursor=${Buffer.from('M#0000000000001#0000000001').toString('base64url')}&createdAt=>2020-01-01`, 'cursor'],
    ['&populate=secrets', 'populate'],
    ['&createdAt=>soon', 'createdAt'],
  ])('with %s of a conversation', async (query, path) => {
    const answer = await ofLong(query);
    expect([answer.status, answer.body.error.details[0].path]).toEqual([400, path]);
  });

  it('of a conversation that is out of reach, as of one that is not there', async () => {
    const theirs = await list(`conversation=${long.id}`, stranger);
    const nobodys = await list(`conversation=${newId()}`, stranger);
    expect([theirs.status, theirs.body]).toEqual([404, nobodys.body]);
  });
});
