import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestClock } from '../support/api-clock.ts';
import { newEmail } from '../support/api-requests.ts';
import { ORGANIZATION, USER } from '../support/api-seed.ts';
import { startWorld, type World } from '../support/api-world.ts';
import { type SdkServer, serveSdk } from '../support/sdk-server.ts';

// biome-ignore lint/suspicious/noExplicitAny: the SDK has no types
type Json = any;

let world: World;
let server: SdkServer;
let sdk: Json;
beforeAll(async () => {
  world = await startWorld();
  const clock = createTestClock();
  server = await serveSdk((publicUrl) => world.createApi({ clock, parts: { publicUrl } }));
  sdk = server.sdk(await world.token(USER.admin, 'admin'));
});
afterAll(async () => {
  server?.stop();
  await world?.stop();
});

const drafts: readonly (readonly [string, () => object, object])[] = [
  ['organizations', () => ({ name: 'Garage', parent: ORGANIZATION.shop }), { name: 'Renamed', meta: { crm: '17' } }],
  ['users', () => ({ givenName: 'Ada', email: newEmail(), status: 'active' }), { givenName: 'Grace' }],
  ['channels', () => ({ name: 'Front desk', organization: ORGANIZATION.shop }), { subscribers: [USER.admin] }],
];

it.each(drafts)('makes, reads, changes, lists and deletes %s', async (resource, draft, changes) => {
  const made = await sdk[resource].create(draft());
  expect(await sdk[resource].get(made.id)).toEqual(made);
  expect(await sdk[resource].update(made.id, changes)).toMatchObject({ id: made.id, ...changes });
  const inShop = resource === 'channels' ? { organization: ORGANIZATION.shop } : {};
  const listed = await sdk[resource].list({ ...inShop, id: [made.id], select: 'name' });
  expect([...listed].map(({ id }: Json) => id)).toEqual([made.id]);
  expect(listed.headers.totalCount).toBe('1');
  await sdk[resource].delete(made.id);
  await expect(sdk[resource].get(made.id)).rejects.toMatchObject({ statusCode: 404 });
});

it('gives an organization as the SDK asks for those it loads ahead', async () => {
  const categories = [{ name: 'Sales', forms: ['5b9ae5460a13a54282ca20d0'] }];
  const { id } = await sdk.organizations.create({ name: 'Garage', categories });
  expect((await sdk.organizations.get(id, { populate: 'categories.forms' })).categories).toEqual(categories);
});

const SERVED = [
  'users',
  'channels',
  'contacts',
  'conversations',
  'messages',
  'organizations',
  'services',
  'watemplates',
];

it('answers for every other resource of the SDK that it is not supported, and what there is instead', async () => {
  const resources = Object.keys(sdk).filter((name) => typeof sdk[name]?.list === 'function');
  const others = resources.filter((name) => !SERVED.includes(name));
  expect([resources.length, others.length]).toEqual([21, 13]);
  for (const resource of others) {
    const refused = await sdk[resource].list().catch((error: unknown) => error);
    expect(refused, resource).toMatchObject({ statusCode: 404, message: expect.stringMatching(/^There are no /) });
    await expect(sdk[resource].create({ name: 'x' }), resource).rejects.toMatchObject({ statusCode: 404 });
  }
});
