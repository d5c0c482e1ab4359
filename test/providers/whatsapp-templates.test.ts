import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTemplateManager } from '../../shared/providers/whatsapp/templates.ts';
import { closedUrl, type ProviderServer, startProviderServer } from './provider-server.ts';

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

const ACCOUNT = { id: '102290129340398', accessToken: 'meta-token' };
const TIMEOUT_MS = 2_000;
const manager = () => createTemplateManager({ baseUrl: server.url });
const listed = (name: string, more: object = {}) => ({
  id: `id of ${name}`,
  name,
  language: 'nl',
  status: 'APPROVED',
  category: 'UTILITY',
  components: [{ type: 'BODY', text: 'Hoi' }],
  ...more,
});
const page = (data: object[], after?: string) => ({
  status: 200,
  body: {
    data,
    paging: { cursors: { before: 'b', after: after ?? 'end' }, ...(after && { next: 'https://graph.example/secret' }) },
  },
});

describe('the list of templates', () => {
  test('is read page by page, by the cursor and not by the link, which holds a token', async () => {
    server.script(page([listed('a'), listed('b')], 'CURSOR'), page([listed('c')]));
    const listing = await manager().list(ACCOUNT, TIMEOUT_MS);
    expect(listing.done && listing.value.templates.map(({ name, id }) => [name, id])).toEqual([
      ['a', 'id of a'],
      ['b', 'id of b'],
      ['c', 'id of c'],
    ]);
    expect(server.requests.map(({ method, path, query }) => [method, path, query.get('after')])).toEqual([
      ['GET', '/v23.0/102290129340398/message_templates', null],
      ['GET', '/v23.0/102290129340398/message_templates', 'CURSOR'],
    ]);
    expect(server.requests[0]?.headers.authorization).toBe('Bearer meta-token');
  });

  test('names those that cannot be made out', async () => {
    server.script(page([listed('a'), listed('b', { components: 'none' }), { id: 1 }]));
    const listing = await manager().list(ACCOUNT, TIMEOUT_MS);
    expect(listing.done && listing.value.templates.map(({ name }) => name)).toEqual(['a']);
    expect(listing.done && listing.value.unread).toEqual([{ name: 'b', language: 'nl' }]);
  });

  test('is nothing at all when one page fails', async () => {
    server.script(page([listed('a')], 'CURSOR'), { status: 500, body: 'oops' });
    expect(await manager().list(ACCOUNT, TIMEOUT_MS)).toMatchObject({ done: false, refused: false });
  });

  test('ends in time, however many pages there are', async () => {
    server.script(page([listed('a')], 'CURSOR'));
    let at = 0;
    const slow = createTemplateManager({ baseUrl: server.url, now: () => (at += 400) });
    expect(await slow.list(ACCOUNT, TIMEOUT_MS)).toMatchObject({ done: false, refused: false });
    expect(server.requests.length).toBeLessThan(6);
  });
});

describe('a template', () => {
  const template = {
    name: 'ready',
    language: 'nl',
    category: 'UTILITY',
    components: [{ type: 'BODY', text: 'Klaar' }],
  };

  test('is made in the account', async () => {
    server.script({ status: 200, body: { id: 1473688840035974, status: 'PENDING', category: 'UTILITY' } });
    expect(await manager().create(ACCOUNT, template, TIMEOUT_MS)).toEqual({
      done: true,
      value: { id: '1473688840035974', status: 'PENDING', category: 'UTILITY' },
    });
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({ method: 'POST', path: '/v23.0/102290129340398/message_templates' });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual(template);
  });

  test('is changed by its id', async () => {
    server.script({ status: 200, body: { success: true } });
    const { components } = template;
    expect(await manager().change(ACCOUNT, '147', { components }, TIMEOUT_MS)).toEqual({ done: true });
    expect(server.requests[0]).toMatchObject({ method: 'POST', path: '/v23.0/147' });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({ components });
  });

  test('is deleted by name and id, so that its other languages stay', async () => {
    server.script({ status: 200, body: { success: true } });
    expect(await manager().remove(ACCOUNT, { name: 'ready', id: '147' }, TIMEOUT_MS)).toEqual({ done: true });
    expect(server.requests[0]).toMatchObject({ method: 'DELETE', path: '/v23.0/102290129340398/message_templates' });
    expect(Object.fromEntries(server.requests[0]?.query ?? [])).toEqual({ name: 'ready', hsm_id: '147' });
  });

  test.each<[string, number, object, object]>([
    [
      'in the words meant for people',
      400,
      { message: 'Invalid parameter', error_user_msg: 'Er is al Nederlandse inhoud voor deze sjabloon.' },
      { refused: true, message: 'Er is al Nederlandse inhoud voor deze sjabloon.' },
    ],
    [
      'in other words',
      400,
      { message: '(#100) Invalid parameter' },
      { refused: true, message: '(#100) Invalid parameter' },
    ],
    ['without the token', 400, { message: 'Bad meta-token!' }, { refused: true, message: 'Bad …!' }],
    ['because of the account', 401, { message: 'Expired' }, { refused: false, message: 'Expired' }],
    ['because of the rate', 429, { message: 'Slower' }, { refused: false, message: 'Slower' }],
    ['because Meta is broken', 500, { message: 'Sorry' }, { refused: false, message: 'Sorry' }],
  ])('is refused %s', async (_, status, error, expected) => {
    server.script({ status, body: { error: { code: 100, ...error } } });
    expect(await manager().create(ACCOUNT, template, TIMEOUT_MS)).toEqual({ done: false, ...expected });
  });

  test('is not made where nobody answers, or where the answer names none', async () => {
    const nobody = createTemplateManager({ baseUrl: await closedUrl() });
    expect(await nobody.create(ACCOUNT, template, TIMEOUT_MS)).toMatchObject({ done: false, refused: false });
    server.script({ status: 200, body: {} });
    expect(await manager().create(ACCOUNT, template, TIMEOUT_MS)).toMatchObject({ done: false, refused: false });
  });
});
