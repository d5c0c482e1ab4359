import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPages } from '../../infra/local/page/show-conversation.ts';
import { emailMessage, startRequest } from '../support/api-requests.ts';
import { USER } from '../support/api-seed.ts';
import { type Api, startWorld, type World } from '../support/api-world.ts';

let world: World;
let api: Api;
let base: string;
const server = createServer((request, response) => {
  const show = createPages(world.table, api.parts.users);
  void show((request.url ?? '').slice(1), response);
});

beforeAll(async () => {
  world = await startWorld();
  api = world.createApi();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await world?.stop();
});

const pageOf = async (slug: string) => (await fetch(`${base}/${slug}`)).text();
const begin = async (overrides: object) => (await api.post('/v2/conversations', startRequest(overrides))).body;

describe('the page of a conversation', () => {
  it('shows its messages in order, who wrote them, how far they are and what waits', async () => {
    const messages = [
      emailMessage('First'),
      { text: 'Among us', isBackchannel: true },
      { ...emailMessage('Later'), delay: 60_000 },
    ];
    const { slug } = await begin({ name: 'Ana', messages });
    const page = await pageOf(slug);
    expect(page).toMatch(/First.*queued.*Among us.*Later/s);
    expect(page).toMatch(/testbot · backchannel · /);
    expect(page).toMatch(/due 60000 ms later/);
    expect(page).toMatch(/<li>testbot · (admin|bot|agent)<\/li>/);
    expect(page).toContain('queued · contact · by email');
  });

  it('escapes everything that people wrote, loads nothing, and loads itself again', async () => {
    const attack = `<script>alert("1")</script>'`;
    const { slug } = await begin({ name: attack, messages: [emailMessage(attack)] });
    const response = await fetch(`${base}/${slug}`);
    const page = await response.text();
    expect(page).not.toContain('<script');
    expect(page.split('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;')).toHaveLength(4);
    expect(page).not.toMatch(/src=|href=|@import|url\(/);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page).toContain('http-equiv="refresh"');
  });

  it('is found among the conversations of every organization, and is no page any more when the contact is deleted', async () => {
    for (let count = 0; count < 120; count++) await begin({});
    const { slug, contact } = await begin({});
    expect((await fetch(`${base}/${slug}`)).status).toBe(200);
    const admin = `Bearer ${await world.token(USER.admin, 'admin')}`;
    await api.send({ method: 'DELETE', path: `/v2/contacts/${contact}`, headers: { authorization: admin } });
    expect((await fetch(`${base}/${slug}`)).status).toBe(404);
    expect((await fetch(`${base}/NOBODY123`)).status).toBe(404);
  });
});
