import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Item } from '../../shared/store/table.ts';
import { emailMessage, startRequest } from '../support/api-requests.ts';
import { ORGANIZATION, SERVICE, USER } from '../support/api-seed.ts';
import { type Answer, startWorld, type World } from '../support/api-world.ts';
import type { CallRequest } from '../support/calls/call.ts';
import { CALLS } from '../support/calls/calls.ts';
import { createSetting, type Setting } from '../support/calls/ours.ts';
import { operations } from '../support/openapi.ts';

let world: World;
let setting: Setting;
let stranger: string;
let theirs: string;
beforeAll(async () => {
  world = await startWorld();
  setting = await createSetting(world);
  stranger = await world.token(USER.stranger, 'admin');
  const request = startRequest({ organization: ORGANIZATION.other });
  theirs = (await setting.api.post('/v2/conversations', request, { authorization: `Bearer ${stranger}` })).body.id;
});
afterAll(() => world?.stop());

const byKey = (a: Item, b: Item) => (`${a.pk} ${a.sk}` < `${b.pk} ${b.sk}` ? -1 : 1);
const stored = async () => ({ items: (await world.items()).sort(byKey), queued: await world.queueLength() });
type Stored = Awaited<ReturnType<typeof stored>>;

/** Every text in a value, those between the `#` of paths and keys apart. */
const textsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return value.split('#');
  if (typeof value !== 'object' || value === null) return [];
  if (value instanceof Set) return [...value].flatMap(textsIn);
  return Object.entries(value).flatMap(([key, inner]) => [key, ...textsIn(inner)]);
};

/** What nobody writes by chance: ids, slugs, addresses, names and sentences. */
const isTelling = (text: string): boolean => /^[0-9a-f]{24}$|^[0-9A-Z]{9}$|[@+ ]/.test(text) && text.length > 5;

/** What an answer says of ours besides what the request said. */
function leaked({ body, headers }: Answer, request: CallRequest, { items }: Stored): string[] {
  const known = new Set([...textsIn(request), ORGANIZATION.other, USER.stranger]);
  const isTheirs = (item: Item): boolean => textsIn(item).includes(ORGANIZATION.other);
  const ours = new Set(
    items
      .filter((item) => !isTheirs(item))
      .flatMap(textsIn)
      .filter(isTelling),
  );
  const said = JSON.stringify([body, headers]);
  return [...ours].filter((text) => !known.has(text) && said.includes(text));
}

const REFUSED = [{ status: 403 }, { status: 404 }];
/** What is asked for by an id alone is an empty list where there is nothing; of a bulk, each item is refused. */
const NOTHING_LISTED = { status: 200, body: [] };
const NOTHING_STARTED = { status: 200, body: expect.objectContaining({ results: [expect.anything()], refused: 1 }) };
const answerOf = ({ status, body }: Answer) => (status === 200 ? { status, body } : { status });

const guarded = operations.flatMap((described) => {
  const { answers = {}, open } = CALLS[described.name] ?? {};
  if (open !== undefined) return [];
  return Object.values(answers)
    .flat()
    .map((call, index) => ({ name: described.name, described, call, nth: index + 1 }));
});

describe('with the token of another organization', () => {
  it.each(guarded)('$name (call $nth) is as if nothing of ours were there', async ({ described, call }) => {
    const request = await call(setting.ours, world);
    const before = await stored();
    const answer = await setting.send(described, request, stranger);
    expect([...REFUSED, NOTHING_LISTED, NOTHING_STARTED], JSON.stringify(answer.body)).toContainEqual(answerOf(answer));
    expect(leaked(answer, request, before)).toEqual([]);
    expect(await stored()).toEqual(before);
  });

  it.each(guarded)('$name (call $nth) is answered as for what does not exist', async ({ described, call }) => {
    const request = await call(setting.ours, world);
    const foreign = await setting.send(described, request, stranger);
    const unknown = await setting.send(described, withUnknownIds(request), stranger);
    expect([foreign.status, foreign.body]).toEqual([unknown.status, unknown.body]);
  });
});

/** The same request with ids that nobody has. */
const withUnknownIds = (request: CallRequest): CallRequest =>
  JSON.parse(JSON.stringify(request).replace(/[0-9a-f]{24}/g, 'f'.repeat(24)));

describe('in a conversation of theirs', () => {
  const cases: readonly (readonly [string, object])[] = [['a sender of ours', { ...emailMessage(), user: USER.agent }]];

  it.each(cases)('%s is refused, and leaves nothing', async (_, message) => {
    const before = await stored();
    const { status } = await setting.api.post(`/v2/conversations/${theirs}/messages`, message, {
      authorization: `Bearer ${stranger}`,
    });
    expect(status).toBe(400);
    expect(await stored()).toEqual(before);
  });
});

describe('what is ours', () => {
  it('would be noticed in an answer', async () => {
    const conversation = await setting.ours.conversation();
    const { body, headers } = await setting.api.get(`/v2/conversations/${conversation.id}`);
    const told = leaked({ status: 200, body, headers }, {}, await stored());
    expect(told).toEqual(
      expect.arrayContaining([conversation.id, conversation.slug, 'John Johnson', SERVICE.email, ORGANIZATION.shop]),
    );
  });
});
