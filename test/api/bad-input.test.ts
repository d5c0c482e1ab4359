import { SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Item } from '../../shared/store/table.ts';
import { createTestClock } from '../support/api-clock.ts';
import { mutate } from '../support/api-mutate.ts';
import { chooseSeed, createRandom, pick } from '../support/api-random.ts';
import { emailMessage, newEmail, newTelephone, smsMessage, startRequest, startWith } from '../support/api-requests.ts';
import { ORGANIZATION, USER } from '../support/api-seed.ts';
import { type Answer, type Api, type SentRequest, startWorld, TOKEN_KEY, type World } from '../support/api-world.ts';

const UNKNOWN_ID = 'ffffffffffffffffffffffff';
const RENEW = /jwt expired|invalid signature|invalid token/i;

let world: World;
let api: Api;
let known: string;
let foreign: string;
let before: Item[];
let queuedBefore: number;

const byKey = (a: Item, b: Item) => (`${a.pk} ${a.sk}` < `${b.pk} ${b.sk}` ? -1 : 1);
/** The tokens of the cases are made beside them. */
const isToken = ({ pk, sk }: Item) => /^U#/.test(String(pk)) && /^T#/.test(String(sk));
const sortedItems = async () => (await world.items()).filter((item) => !isToken(item)).sort(byKey);

beforeAll(async () => {
  world = await startWorld();
  api = world.createApi();
  known = (await api.post('/v2/conversations', startRequest())).body.id;
  const stranger = await world.token(USER.stranger, 'admin');
  const request = startRequest({ organization: ORGANIZATION.other });
  foreign = (await api.post('/v2/conversations', request, { authorization: `Bearer ${stranger}` })).body.id;
  before = await sortedItems();
  queuedBefore = await world.queueLength();
});
afterAll(() => world?.stop());

// biome-ignore lint/suspicious/noExplicitAny: requests are what a client may send, wrong ones too
type Json = any;
/** What is sent: a body of POST /v2/conversations, or a whole request. */
type Sent = { body: Json } | { request: Omit<SentRequest, 'method'> & { method?: string } };
type Case = readonly [name: string, sent: () => Sent | Promise<Sent>, status: number, code: string, path?: string];

const body = (make: () => Json) => () => ({ body: make() });
const starting = (overrides: Json) => body(() => startRequest(overrides));
/** A start whose only message is an email with these fields. */
const saying = (fields: Json) => body(() => startRequest({ messages: [{ ...emailMessage(), ...fields }] }));
const byWhatsapp = (meta: Json, text = 'Hello') =>
  body(() =>
    startWith(
      { telephone: newTelephone() },
      { messages: [{ text, role: 'agent', touchpoint: 'whatsapp', ...(meta && { meta }) }] },
    ),
  );
const raw =
  (text: string | Uint8Array, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  () => ({
    request: {
      path: '/v2/conversations',
      body: text,
      headers: { authorization: `Bearer ${world.botToken}`, ...headers },
    },
  });
const appending =
  (messages: Json, conversation = () => known) =>
  () => ({
    request: {
      path: `/v2/conversations/${conversation()}/messages`,
      body: JSON.stringify(messages),
      headers: { authorization: `Bearer ${world.botToken}` },
    },
  });
const at =
  (method: string, path: () => string, token: () => string | Promise<string> = () => world.botToken) =>
  async () => ({
    request: { method, path: path(), headers: { authorization: `Bearer ${await token()}` } },
  });
const bearing = (authorization: () => string | undefined | Promise<string | undefined>) => async () => {
  const value = await authorization();
  return {
    request: {
      path: '/v2/conversations',
      body: JSON.stringify(startRequest()),
      headers: { ...(value !== undefined && { authorization: value }) },
    },
  };
};

async function send(sent: Sent): Promise<Answer> {
  if ('body' in sent) return api.post('/v2/conversations', sent.body);
  return api.send({ method: 'POST', ...sent.request });
}

const claims = { _id: USER.bot, organization: ORGANIZATION.root, scope: 'guest agent bot', jti: 'a', iat: 1 };
const signed = (payload: object, key = TOKEN_KEY) =>
  new SignJWT({ ...payload }).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(key));

const PEOPLE: readonly Case[] = [
  [
    'no identifier',
    starting({ contact: { profile: { name: 'John' } } }),
    400,
    'identifier_required',
    'contact.profile.email',
  ],
  [
    'blank identifiers',
    starting({ contact: { profile: { email: '', telephone: ' ' } } }),
    400,
    'identifier_required',
    'contact.profile.email',
  ],
  [
    'a bad email',
    starting({ contact: { profile: { email: 'john@' } } }),
    400,
    'invalid_request',
    'contact.profile.email',
  ],
  [
    'an email with a name around it',
    starting({ contact: { profile: { email: 'J <j@example.com>' } } }),
    400,
    'invalid_request',
    'contact.profile.email',
  ],
  [
    'an email with a line break',
    starting({ contact: { profile: { email: 'j@example.com\nBcc: x@example.com' } } }),
    400,
    'invalid_request',
    'contact.profile.email',
  ],
  [
    'a bad telephone beside a good email',
    body(() => startWith({ email: newEmail(), telephone: '12' })),
    400,
    'invalid_request',
    'contact.profile.telephone',
  ],
  [
    'a number without country where there is none',
    body(() => startWith({ email: newEmail(), telephone: '0646280994' }, { organization: ORGANIZATION.bare })),
    400,
    'invalid_request',
    'contact.profile.telephone',
  ],
  [
    'a landline for sms',
    body(() => startWith({ telephone: '+31201234567' })),
    400,
    'touchpoint_unavailable',
    'messages.0.touchpoint',
  ],
  ['no contact', body(() => ({ ...startRequest(), contact: undefined })), 400, 'invalid_request', 'contact'],
  ['a null profile', starting({ contact: { profile: null } }), 400, 'invalid_request', 'contact.profile'],
  ['a profile that is a list', starting({ contact: { profile: [] } }), 400, 'invalid_request', 'contact.profile'],
  [
    'a number as email',
    starting({ contact: { profile: { email: 7 } } }),
    400,
    'invalid_request',
    'contact.profile.email',
  ],
  [
    'an address that is text',
    body(() => startWith({ email: newEmail(), address: 'Delft' })),
    400,
    'invalid_request',
    'contact.profile.address',
  ],
  ['no organization', starting({ organization: undefined }), 400, 'invalid_request', 'organization'],
  ['a malformed organization', starting({ organization: 'shop' }), 400, 'invalid_request', 'organization'],
  ['an unknown organization', starting({ organization: UNKNOWN_ID }), 404, 'not_found', 'organization'],
  ['an organization out of reach', starting({ organization: ORGANIZATION.other }), 404, 'not_found', 'organization'],
  ['no type', starting({ type: undefined }), 400, 'invalid_request', 'type'],
  ['another type', starting({ type: 'group' }), 400, 'invalid_request', 'type'],
  [
    'a touchpoint in a conversation of a team',
    starting({ type: 'agent', contact: undefined }),
    400,
    'invalid_request',
    'messages.0.touchpoint',
  ],
  ['text as tags', starting({ tags: 'late' }), 400, 'invalid_request', 'tags'],
  ['nested meta', starting({ meta: { a: { b: 1 } } }), 400, 'invalid_request', 'meta.a'],
];

const MESSAGES: readonly Case[] = [
  ['no messages', starting({ messages: undefined }), 400, 'invalid_request', 'messages'],
  ['empty messages', starting({ messages: [] }), 400, 'invalid_request', 'messages'],
  ['text as messages', starting({ messages: 'Hello' }), 400, 'invalid_request', 'messages'],
  ['a number as message', starting({ messages: [7] }), 400, 'invalid_request', 'messages.0'],
  [
    '41 messages',
    starting({ messages: Array.from({ length: 41 }, () => emailMessage()) }),
    400,
    'invalid_request',
    'messages',
  ],
  [
    'no outbound message: the default role is bot',
    starting({ messages: [{ text: 'Hello' }] }),
    400,
    'outbound_message_required',
    'messages.0.role',
  ],
  [
    'only a backchannel message',
    saying({ touchpoint: undefined, isBackchannel: true }),
    400,
    'outbound_message_required',
    'messages.0.role',
  ],
  [
    'only a command',
    starting({ messages: [{ text: '/leave', type: 'command', role: 'agent' }] }),
    400,
    'outbound_message_required',
    'messages.0.role',
  ],
  ['an unknown touchpoint', saying({ touchpoint: 'fax' }), 400, 'invalid_request', 'messages.0.touchpoint'],
  ['an unknown role', saying({ role: 'system' }), 400, 'invalid_request', 'messages.0.role'],
  ['an unknown type', saying({ type: 'event' }), 400, 'invalid_request', 'messages.0.type'],
  ['type "status", which the system writes', saying({ type: 'status' }), 400, 'invalid_request', 'messages.0.type'],
  [
    'no touchpoint on the first message',
    saying({ touchpoint: undefined }),
    400,
    'touchpoint_required',
    'messages.0.touchpoint',
  ],
  [
    'a touchpoint that comes too late',
    starting({ messages: [{ text: 'Hi', role: 'agent' }, emailMessage()] }),
    400,
    'touchpoint_required',
    'messages.0.touchpoint',
  ],
  [
    'a touchpoint on a bot message',
    starting({ messages: [emailMessage(), { ...emailMessage(), role: 'bot' }] }),
    400,
    'invalid_request',
    'messages.1.touchpoint',
  ],
  [
    'a touchpoint on a command',
    starting({ messages: [emailMessage(), { text: '/leave', type: 'command', touchpoint: 'email' }] }),
    400,
    'invalid_request',
    'messages.1.touchpoint',
  ],
  [
    'a touchpoint without its identifier',
    body(() => startWith({ email: newEmail() }, { messages: [smsMessage()] })),
    400,
    'touchpoint_unavailable',
    'messages.0.touchpoint',
  ],
  [
    'a second message whose touchpoint has no identifier',
    starting({ messages: [emailMessage(), smsMessage()] }),
    400,
    'touchpoint_unavailable',
    'messages.1.touchpoint',
  ],
  [
    'a touchpoint without an active service',
    body(() => startWith({ telephone: newTelephone() }, { organization: ORGANIZATION.bare })),
    400,
    'touchpoint_unavailable',
    'messages.0.touchpoint',
  ],
  ['no text', saying({ text: undefined }), 400, 'invalid_request', 'messages.0.text'],
  ['blank text', saying({ text: ' \n' }), 400, 'invalid_request', 'messages.0.text'],
  ['a number as text', saying({ text: 7 }), 400, 'invalid_request', 'messages.0.text'],
  ['text too long for any message', saying({ text: 'x'.repeat(65_537) }), 400, 'invalid_request', 'messages.0.text'],
  [
    'text too long for sms',
    body(() => startWith({ telephone: newTelephone() }, { messages: [smsMessage('x'.repeat(1601))] })),
    400,
    'invalid_request',
    'messages.0.text',
  ],
  [
    'a button that says nothing',
    saying({ actions: [{ type: 'reply' }] }),
    400,
    'invalid_request',
    'messages.0.actions.0.text',
  ],
  ['a negative delay', saying({ delay: -1 }), 400, 'invalid_request', 'messages.0.delay'],
  ['a fractional delay', saying({ delay: 0.5 }), 400, 'invalid_request', 'messages.0.delay'],
  ['a delay of more than 30 days', saying({ delay: 2_592_000_001 }), 400, 'invalid_request', 'messages.0.delay'],
  ['a delay that is text', saying({ delay: '3000' }), 400, 'invalid_request', 'messages.0.delay'],
  [
    'isBackchannel that is text',
    saying({ isBackchannel: 'false' }),
    400,
    'invalid_request',
    'messages.0.isBackchannel',
  ],
  ['meta that is a list', saying({ meta: [] }), 400, 'invalid_request', 'messages.0.meta'],
  [
    'nested meta of a message',
    saying({ meta: { deep: { deeper: 1 } } }),
    400,
    'invalid_request',
    'messages.0.meta.deep',
  ],
  ['a sender of another organization', saying({ user: USER.stranger }), 400, 'invalid_request', 'messages.0.user'],
  ['an unknown sender', saying({ user: UNKNOWN_ID }), 400, 'invalid_request', 'messages.0.user'],
  ['a malformed sender', saying({ user: 'testbot' }), 400, 'invalid_request', 'messages.0.user'],
];

const WHATSAPP: readonly Case[] = [
  ['free text without an open window', byWhatsapp(undefined), 400, 'template_required', 'messages.0.meta.template'],
  ['an unknown template', byWhatsapp({ template: 'no_such' }), 400, 'unknown_template', 'messages.0.meta.template'],
  [
    'a template that is not approved',
    byWhatsapp({ template: 'draft_only' }),
    400,
    'unknown_template',
    'messages.0.meta.template',
  ],
  [
    'an unknown language',
    byWhatsapp({ template: 'your_car_is_ready', language: 'xx' }),
    400,
    'unknown_template',
    'messages.0.meta.language',
  ],
  [
    'a language that is not approved',
    byWhatsapp({ template: 'your_car_is_ready', language: 'fr' }),
    400,
    'unknown_template',
    'messages.0.meta.language',
  ],
  [
    'too few parameters',
    byWhatsapp({ template: 'appointment', parameters: ['John'] }),
    400,
    'invalid_request',
    'messages.0.meta.parameters',
  ],
  [
    'too many parameters',
    byWhatsapp({ template: 'appointment', parameters: ['a', 'b', 'c'] }),
    400,
    'invalid_request',
    'messages.0.meta.parameters',
  ],
  [
    'parameters within parameters',
    byWhatsapp({ template: 'appointment', parameters: { 1: { deep: 'x' }, 2: 'b' } }),
    400,
    'invalid_request',
    'messages.0.meta.parameters',
  ],
  [
    'a header by name',
    byWhatsapp({ template: 'appointment', parameters: ['a', 'b'], header: { link: 'x' } }),
    400,
    'invalid_request',
    'messages.0.meta.header',
  ],
  ['no parameters', byWhatsapp({ template: 'appointment' }), 400, 'invalid_request', 'messages.0.meta.parameters'],
  [
    'parameters to a template without any',
    byWhatsapp({ template: 'your_car_is_ready', parameters: ['x'] }),
    400,
    'invalid_request',
    'messages.0.meta.parameters',
  ],
];

const BODIES: readonly Case[] = [
  ['no body', raw(''), 400, 'malformed_json', ''],
  ['malformed JSON', raw('{"organization": '), 400, 'malformed_json', ''],
  ['invalid UTF-8', raw(new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])), 400, 'malformed_json', ''],
  ['a body of 257 KB', raw(JSON.stringify({ text: 'x'.repeat(257 * 1024) })), 413, 'request_too_large'],
  [
    'a body of 257 KB in 40 good messages',
    body(() => startRequest({ messages: Array.from({ length: 40 }, () => emailMessage('x'.repeat(6600))) })),
    413,
    'request_too_large',
  ],
  ['null', raw('null'), 400, 'invalid_request', ''],
  ['a list', raw('[]'), 400, 'invalid_request', ''],
  ['a text', raw('"Hello"'), 400, 'invalid_request', ''],
  ['100,000 brackets', raw(`${'['.repeat(100_000)}${']'.repeat(100_000)}`), 400, 'invalid_request', ''],
  [
    'a form',
    raw('organization=1', { 'content-type': 'application/x-www-form-urlencoded' }),
    415,
    'unsupported_media_type',
  ],
  [
    'plain text that is JSON',
    raw(JSON.stringify(startRequest()), { 'content-type': 'text/plain' }),
    415,
    'unsupported_media_type',
  ],
];

/** Values that JSON can write, and that a table, a queue or a provider cannot. */
const VALUES: readonly Case[] = [
  [
    'half a character as text',
    raw(JSON.stringify(startRequest({ messages: [emailMessage('a\ud800b')] }))),
    400,
    'invalid_request',
    'messages.0.text',
  ],
  [
    'half a character as name',
    raw(JSON.stringify(startWith({ email: newEmail(), name: '\udc00' }))),
    400,
    'invalid_request',
    'contact.profile.name',
  ],
  ['half a character in meta', saying({ meta: { a: '\ud800' } }), 400, 'invalid_request', 'messages.0.meta.a'],
  [
    'a number beyond 2^53 in meta',
    raw(`{"meta":{"n":9007199254740993},${JSON.stringify(startRequest()).slice(1)}`),
    400,
    'invalid_request',
    'meta.n',
  ],
  ['a huge number in meta of a message', saying({ meta: { n: 1e200 } }), 400, 'invalid_request', 'messages.0.meta.n'],
  ['a tiny number in meta of a message', saying({ meta: { n: 1e-200 } }), 400, 'invalid_request', 'messages.0.meta.n'],
  [
    'an infinite number',
    raw(`{"meta":{"n":1e999},${JSON.stringify(startRequest()).slice(1)}`),
    400,
    'invalid_request',
    'meta.n',
  ],
];

const CONVERSATIONS: readonly Case[] = [
  ['a malformed id', body(() => ({ id: 'x', messages: [emailMessage()] })), 400, 'invalid_request', 'id'],
  ['a number as id', body(() => ({ id: 7, messages: [emailMessage()] })), 400, 'invalid_request', 'id'],
  ['an unknown id', body(() => ({ id: UNKNOWN_ID, messages: [emailMessage()] })), 404, 'not_found'],
  ['a conversation out of reach', body(() => ({ id: foreign, messages: [emailMessage()] })), 404, 'not_found'],
  ['an append of nothing by id', body(() => ({ id: known, messages: [] })), 400, 'invalid_request', 'messages'],
  ['messages to an unknown conversation', appending([emailMessage()], () => UNKNOWN_ID), 404, 'not_found'],
  ['messages to a conversation out of reach', appending([emailMessage()], () => foreign), 404, 'not_found'],
  [
    'a template to a conversation out of reach',
    appending([{ ...emailMessage(), meta: { template: 'x' } }], () => foreign),
    404,
    'not_found',
  ],
  ['messages to a malformed id', appending([emailMessage()], () => 'x'), 404, 'not_found'],
  ['null as message', appending(null), 400, 'invalid_request', 'messages.0'],
  ['no message in the array', appending([]), 400, 'invalid_request', 'messages'],
  ['what the SDK makes of texts in an array', appending({ 0: 'a' }), 400, 'invalid_request', 'messages.0.text'],
  [
    'an append by a touchpoint without identifier',
    appending(smsMessage()),
    400,
    'touchpoint_unavailable',
    'messages.0.touchpoint',
  ],
  [
    'one bad message among good ones',
    appending([emailMessage(), { ...emailMessage(), delay: -1 }]),
    400,
    'invalid_request',
    'messages.1.delay',
  ],
  [
    'a sender of another organization on an append',
    appending({ ...emailMessage(), user: USER.stranger }),
    400,
    'invalid_request',
    'messages.0.user',
  ],
  ['an unknown conversation to read', at('GET', () => `/v2/conversations/${UNKNOWN_ID}`), 404, 'not_found'],
  ['a conversation out of reach to read', at('GET', () => `/v2/conversations/${foreign}`), 404, 'not_found'],
  ['a malformed conversation id to read', at('GET', () => '/v2/conversations/x'), 404, 'not_found'],
  ['an unknown message to read', at('GET', () => `/v2/messages/${UNKNOWN_ID}`), 404, 'not_found'],
  ['the id of something else as message', at('GET', () => `/v2/messages/${ORGANIZATION.shop}`), 404, 'not_found'],
  [
    'populate of something unknown',
    at('GET', () => `/v2/conversations/${known}?populate=messages,secrets`),
    400,
    'invalid_request',
    'populate',
  ],
];

const ROUTES: readonly Case[] = [
  ['an unknown route', at('GET', () => '/v2/unicorns'), 404, 'not_found'],
  ['a path outside the API', at('GET', () => '/'), 404, 'not_found'],
  ['a path with bad escapes', at('GET', () => '/v2/messages/%E0%A4%A'), 400, 'invalid_request'],
  ['PUT of a message', at('PUT', () => `/v2/messages/${UNKNOWN_ID}`), 405, 'method_not_allowed'],
];

const TOKENS: readonly Case[] = [
  ['no token', bearing(() => undefined), 401, 'unauthorized'],
  ['another scheme', bearing(() => 'Basic dGVzdDp0ZXN0'), 401, 'unauthorized'],
  ['a malformed token', bearing(() => 'Bearer abc'), 401, 'unauthorized'],
  ['a token of garbage', bearing(() => 'Bearer a.b.c'), 401, 'unauthorized'],
  [
    'an expired token',
    bearing(
      async () => `Bearer ${await world.token(USER.bot, 'bot', { lifetimeSeconds: 60, clock: createTestClock(0) })}`,
    ),
    401,
    'unauthorized',
  ],
  [
    'a token of a deleted user',
    bearing(async () => `Bearer ${await world.token(USER.gone, 'bot')}`),
    401,
    'unauthorized',
  ],
  [
    'a wrong signature',
    bearing(
      async () =>
        `Bearer ${await signed({ ...claims, grant_type: 'access_token' }, 'another-key-of-32-bytes-or-longer')}`,
    ),
    401,
    'unauthorized',
  ],
  [
    'a refresh token as access token',
    bearing(async () => `Bearer ${await world.token(USER.bot, 'bot', { kind: 'refresh_token' })}`),
    401,
    'unauthorized',
  ],
  ['a token without claims', bearing(async () => `Bearer ${await signed({})}`), 401, 'unauthorized'],
  [
    'alg none',
    bearing(() => `Bearer ${new UnsecuredJWT({ ...claims, grant_type: 'access_token' }).encode()}`),
    401,
    'unauthorized',
  ],
  [
    'a scope too low to start',
    bearing(async () => `Bearer ${await world.token(USER.guest, 'guest')}`),
    403,
    'forbidden',
  ],
  [
    'a scope too low to read a message',
    at(
      'GET',
      () => `/v2/messages/${UNKNOWN_ID}`,
      () => world.token(USER.agent, 'agent'),
    ),
    403,
    'forbidden',
  ],
];

const CASES = { PEOPLE, MESSAGES, WHATSAPP, BODIES, VALUES, CONVERSATIONS, ROUTES, TOKENS };

const named = (cases: readonly Case[]) =>
  cases.map(([name, sent, status, code, path]) => ({ name, sent, status, code, path }));

describe.each(Object.entries(CASES))('what is wrong with %s', (_, cases) => {
  it.each(named(cases))('is told: $name', async ({ sent, status, code, path }) => {
    const faults = api.observer.faults.length;
    const answer = await send(await sent());
    expect([answer.status, answer.body.error?.code, answer.body.error?.details[0]?.path]).toEqual([status, code, path]);
    expect(answer.headers['content-type']).toContain('application/json');
    expect(answer.body.error.message).toMatch(/\S/);
    expect(api.observer.faults.slice(faults)).toEqual([]);
  });
});

describe('a refusal', () => {
  it('is exactly "Conversation not found" for an unknown conversation and for one out of reach', async () => {
    const answers = await Promise.all(
      [UNKNOWN_ID, foreign].map((id) => api.post('/v2/conversations', { id, messages: [emailMessage()] })),
    );
    const reads = await Promise.all([UNKNOWN_ID, foreign].map((id) => api.get(`/v2/conversations/${id}`)));
    const bodies = [...answers, ...reads].map((answer) => answer.body);
    expect(bodies[0].error.message).toBe('Conversation not found');
    expect(new Set(bodies.map((refusal) => JSON.stringify(refusal))).size).toBe(1);
  });

  it('reads the same for an organization that is unknown and one out of reach', async () => {
    const answers = await Promise.all(
      [UNKNOWN_ID, ORGANIZATION.other].map((organization) =>
        api.post('/v2/conversations', startRequest({ organization })),
      ),
    );
    expect(answers[0]?.body).toEqual(answers[1]?.body);
  });

  it('names the templates that there are instead', async () => {
    const { body: refused } = await send(await byWhatsapp({ template: 'your_car_is_ready', language: 'xx' })());
    for (const language of ['nl', 'en', 'de']) expect(refused.error.message).toContain(language);
    expect(refused.error.message).toContain('your_car_is_ready');
    expect(refused.error.message).not.toContain('fr');
  });

  it('names every field that is wrong', async () => {
    const { body: refused } = await api.post('/v2/conversations', {
      type: 'group',
      messages: [{ delay: -1, text: 1 }],
    });
    expect(refused.error.details.map(({ path }: { path: string }) => path).sort()).toEqual(
      ['contact', 'messages.0.delay', 'messages.0.text', 'organization', 'type'].sort(),
    );
  });

  it('of a method lists the methods there are', async () => {
    const allowed = async (method: string, path: string) => {
      const { status, headers } = await api.send({ method, path, headers: {} });
      return [status, headers.allow];
    };
    expect(await allowed('GET', '/v2/auth/token')).toEqual([405, 'POST']);
    expect(await allowed('PUT', '/v2/conversations')).toEqual([405, expect.stringContaining('POST')]);
    expect(await allowed('PUT', `/v2/messages/${UNKNOWN_ID}`)).toEqual([405, expect.stringContaining('GET')]);
  });

  const renewable = [
    'an expired token',
    'a wrong signature',
    'a malformed token',
    'a refresh token as access token',
    'alg none',
    'a token of a deleted user',
  ];
  it.each(renewable)('of %s has the words on which clients renew their token', async (name) => {
    const [, sent] = TOKENS.find(([caseName]) => caseName === name) ?? [];
    const refused = await send((await sent?.()) as Sent);
    expect(refused.body.error.message).toMatch(RENEW);
  });

  it('says "jwt expired" of an expired token alone', async () => {
    const [, expired] = TOKENS.find(([name]) => name === 'an expired token') ?? [];
    expect((await send((await expired?.()) as Sent)).body.error.message).toBe('jwt expired');
  });
});

describe('after all of these', () => {
  it('the table holds exactly what it held before, and the queue too', async () => {
    expect(await sortedItems()).toEqual(before);
    expect(await world.queueLength()).toBe(queuedBefore);
  });
});

describe('what only looks wrong', () => {
  it('is accepted when it is an unknown command: it fails in the stream', async () => {
    const answer = await api.post(`/v2/conversations/${known}/messages`, { text: '/dance', type: 'command' });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ type: 'command', text: '/dance' });
  });

  it('is accepted when it is a field that nobody knows', async () => {
    const { status } = await api.post('/v2/conversations', startRequest({ colour: 'blue' }));
    expect(status).toBe(201);
  });

  it('is accepted when it is JSON of another name, or of none', async () => {
    for (const type of ['application/json; charset=utf-8', 'application/vnd.api+json', undefined]) {
      const answer = await api.send({
        method: 'POST',
        path: '/v2/conversations',
        body: JSON.stringify(startRequest()),
        headers: { authorization: `Bearer ${world.botToken}`, ...(type && { 'content-type': type }) },
      });
      expect(answer.status).toBe(201);
    }
  });

  it('is accepted when it is at the limit: 256 KB, 30 days, 1,600 characters', async () => {
    const request = startWith(
      { telephone: newTelephone() },
      { messages: [{ ...smsMessage('x'.repeat(1600)), delay: 2_592_000_000 }], padding: '' },
    );
    const padding = 'x'.repeat(256 * 1024 - Buffer.byteLength(JSON.stringify(request)));
    expect((await api.post('/v2/conversations', { ...request, padding })).status).toBe(201);
    expect((await api.post('/v2/conversations', { ...request, padding: `${padding}x` })).status).toBe(413);
  });
});

describe('500 random bodies', () => {
  it('are never a fault of ours', async () => {
    const seed = chooseSeed();
    console.log(`Bodies of seed ${seed}; repeat with OVERTURE_TEST_SEED=${seed}.`);
    const random = createRandom(seed);
    const fuzzed = world.createApi();
    const statuses = new Map<number, number>();
    for (let round = 0; round < 500; round++) {
      const valid = pick(VALID, random)();
      const text = JSON.stringify(mutate(valid, random));
      const path = random() < 0.2 ? `/v2/conversations/${UNKNOWN_ID}/messages` : '/v2/conversations';
      const headers = { authorization: `Bearer ${world.botToken}` };
      const answer = await fuzzed.send({ method: 'POST', path, body: text, headers });
      expect(answer.status, `round ${round} of seed ${seed}: ${text.slice(0, 2000)}`).toBeLessThan(500);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    }
    expect(fuzzed.observer.faults).toEqual([]);
    expect([...statuses.keys()], 'good and bad ones').toEqual(expect.arrayContaining([201, 400]));
  });

  const VALID: readonly (() => Json)[] = [
    () => startRequest(),
    () => startWith({ telephone: newTelephone(), address: { city: 'Delft' }, locale: 'nl' }, { language: 'nl' }),
    () => startRequest({ name: 'Order 17', meta: { order: 17, ids: [1, 2] }, tags: ['late'] }),
    () =>
      startRequest({
        messages: [
          {
            ...emailMessage(),
            delay: 3000,
            meta: { template: 'x' },
            items: [{ title: 'x', actions: [{ type: 'reply', text: 'Yes' }] }],
          },
        ],
      }),
    () =>
      startWith(
        { telephone: newTelephone() },
        {
          messages: [
            {
              text: 'x',
              role: 'agent',
              touchpoint: 'whatsapp',
              meta: { template: 'appointment', parameters: ['a', 'b'], language: 'nl' },
            },
          ],
        },
      ),
  ];
});
