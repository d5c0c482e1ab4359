import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashPassword } from '../../shared/auth/passwords.ts';
import { UserSchema } from '../../shared/contracts/configuration.ts';
import { putUser } from '../../shared/store/users.ts';
import { createTestClock, type TestClock } from '../support/api-clock.ts';
import { startRequest } from '../support/api-requests.ts';
import { ORGANIZATION, USER } from '../support/api-seed.ts';
import { type Answer, type Api, PEPPER, startWorld, type World } from '../support/api-world.ts';

const RENEW = /jwt expired|invalid signature|invalid token/i;
const DAY_SECONDS = 24 * 3600;
const EMAIL = 'Login@Example.com';
const PASSWORD = 'correct horse battery staple é';
const INACTIVE_EMAIL = 'inactive@example.com';
const HURRIED_EMAIL = 'hurried@example.com';
const UNKNOWN = '66c3ed372a33131f1b4ba000';

let world: World;
let api: Api;
let clock: TestClock;
beforeAll(async () => {
  world = await startWorld();
  clock = createTestClock();
  api = world.createApi({ clock });
  const passwordHash = await hashPassword(PASSWORD);
  const organizations = [
    { organization: ORGANIZATION.bare, role: 'agent' as const },
    { organization: ORGANIZATION.root, role: 'admin' as const, selected: true },
  ];
  const store = (id: string, email: string, status: string, rate?: number) =>
    putUser(
      world.table,
      { ...UserSchema.parse({ id, email, status, rate, organizations }), passwordHash },
      { pepper: PEPPER, matchKey: email.toLowerCase() },
    );
  await store(USER.admin, EMAIL, 'active');
  await store('aaa000000000000000000666', INACTIVE_EMAIL, 'inactive');
  await store('aaa000000000000000000888', HURRIED_EMAIL, 'active', 2);
  await putUser(world.table, UserSchema.parse({ id: 'aaa000000000000000000777', organizations }), {
    pepper: PEPPER,
    matchKey: 'nopassword@example.com',
  });
});
afterAll(() => world?.stop());

const ask = (body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  api.send({ method: 'POST', path: '/v2/auth/token', body: JSON.stringify(body), headers });
const login = () => ask({ email: EMAIL, password: PASSWORD });
const startAs = (token: string) => api.post('/v2/conversations', startRequest(), { authorization: `Bearer ${token}` });
// biome-ignore lint/suspicious/noExplicitAny: read as a client would
const claimsOf = (token: string): any => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

describe('POST /v2/auth/token', () => {
  it('gives a token pair for an email and password', async () => {
    const { status, body } = await login();
    expect(status).toBe(201);
    const expiresAt = Math.floor(clock.now() / 1000) + DAY_SECONDS;
    expect(body).toEqual({
      tokenType: 'Bearer',
      token: expect.any(String),
      refreshToken: expect.any(String),
      user: USER.admin,
      organization: ORGANIZATION.root,
      expiresAt: new Date(expiresAt * 1000).toISOString(),
      scope: 'admin',
    });
    expect(claimsOf(body.token)).toMatchObject({
      _id: USER.admin,
      organization: ORGANIZATION.root,
      scope: 'guest agent bot admin',
      grant_type: 'access_token',
      iat: Math.floor(clock.now() / 1000),
      exp: expiresAt,
    });
    expect(claimsOf(body.refreshToken)).toMatchObject({ _id: USER.admin, grant_type: 'refresh_token' });
    expect(claimsOf(body.refreshToken).exp).toBeGreaterThan(expiresAt);
  });

  it('gives a token that works, and that acts as its user', async () => {
    const { body } = await login();
    const started = await startAs(body.token);
    expect([started.status, started.body.createdBy]).toEqual([201, USER.admin]);
  });

  it('gives tokens that are held to the rate of their user, and answers 429 beyond it', async () => {
    const { body } = await ask({ email: HURRIED_EMAIL, password: PASSWORD });
    const read = () => api.get(`/v2/messages/${UNKNOWN}`, body.token);
    const within = [await read(), await read()];
    const beyond = await read();
    expect(within.map(({ status }) => status)).toEqual([404, 404]);
    expect([beyond.status, beyond.body.error.code, beyond.headers['retry-after']]).toEqual([429, 'rate_exceeded', '1']);
    expect((await startAs((await login()).body.token)).status).toBeLessThan(300);
    clock.advance(1000);
    expect((await read()).status).toBe(404);
  });

  it('takes the email in any case', async () => {
    expect((await ask({ email: ' LOGIN@example.COM', password: PASSWORD })).status).toBe(201);
  });

  it('gives a new pair for a refresh token, whatever Authorization says', async () => {
    const { body: first } = await login();
    clock.advance(DAY_SECONDS * 1000);
    expect((await startAs(first.token)).status).toBe(401);
    const { status, body } = await ask(
      { clientId: EMAIL, refreshToken: first.refreshToken },
      { authorization: `Bearer ${first.token}`, 'content-type': 'application/json' },
    );
    expect(status).toBe(201);
    expect(body.user).toBe(USER.admin);
    expect((await startAs(body.token)).status).toBe(201);
    const again = await ask({ refreshToken: body.refreshToken });
    expect(again.status).toBe(201);
  });

  const wrong = [
    ['a wrong password', { email: EMAIL, password: 'wrong' }],
    ['the password in another case', { email: EMAIL, password: PASSWORD.toUpperCase() }],
    ['an empty password', { email: EMAIL, password: '' }],
    ['an unknown email', { email: 'nobody@example.com', password: PASSWORD }],
    ['an email that is none', { email: 'nobody', password: PASSWORD }],
    ['a user without a password', { email: 'nopassword@example.com', password: '' }],
    ['a user who is not active', { email: INACTIVE_EMAIL, password: PASSWORD }],
    ['a refresh token of garbage', { clientId: EMAIL, refreshToken: 'a.b.c' }],
    ['an empty refresh token', { clientId: EMAIL, refreshToken: '' }],
  ] as const;

  it.each(wrong)('refuses %s with 401, in words that no client renews its token on', async (_, body) => {
    expectUnauthorized(await ask(body));
  });

  const refreshTokens = [
    ['an access token', () => world.token(USER.admin, 'admin', { clock })],
    [
      'one that expired',
      () => world.token(USER.admin, 'admin', { kind: 'refresh_token', lifetimeSeconds: 60, clock: createTestClock(0) }),
    ],
    ['one of a deleted user', () => world.token(USER.gone, 'admin', { kind: 'refresh_token', clock })],
    [
      'one with a changed signature',
      async () => `${(await world.token(USER.admin, 'admin', { kind: 'refresh_token', clock })).slice(0, -6)}AAAAAA`,
    ],
  ] as const;

  it.each(refreshTokens)('refuses %s in place of a refresh token the same way', async (_, make) => {
    expectUnauthorized(await ask({ clientId: EMAIL, refreshToken: await make() }));
  });

  it.each([[{}], [{ email: EMAIL }], [{ password: PASSWORD }], [null], [[]], [{ email: 1, password: 2 }]])(
    'refuses %j with 400, in such words too',
    async (body) => {
      const answer = await ask(body);
      expect([answer.status, answer.body.error.code]).toEqual([400, 'invalid_request']);
      expect(answer.body.error.message).not.toMatch(RENEW);
    },
  );

  function expectUnauthorized({ status, body }: Answer) {
    expect(status).toBe(401);
    expect(body).toEqual({ error: { code: 'unauthorized', message: 'Unauthorized', details: [] } });
    expect(body.error.message).not.toMatch(RENEW);
  }
});

describe('an access token', () => {
  it('works until the second it expires, and is then refused in the words on which clients renew it', async () => {
    const { body } = await login();
    const issuedAt = clock.now();
    clock.advance((DAY_SECONDS - 1) * 1000);
    expect((await startAs(body.token)).status).toBe(201);
    clock.advance(issuedAt + DAY_SECONDS * 1000 - clock.now());
    const refused = await startAs(body.token);
    expect(refused.status).toBe(401);
    expect(refused.body.error).toMatchObject({ code: 'unauthorized', message: expect.stringMatching(RENEW) });
  });

  it('of a bot may have no end', async () => {
    const token = await world.token(USER.bot, 'bot');
    clock.advance(10 * 365 * DAY_SECONDS * 1000);
    expect((await startAs(token)).status).toBe(201);
  });

  it('of a user who was switched off stops working within a minute', async () => {
    const id = 'aaa000000000000000000888';
    const user = UserSchema.parse({ id, organizations: [{ organization: ORGANIZATION.root, role: 'bot' }] });
    await putUser(world.table, user);
    const token = await world.token(id, 'bot', { clock });
    expect((await startAs(token)).status).toBe(201);
    await putUser(world.table, { ...user, status: 'inactive' });
    clock.advance(60_000);
    const refused = await startAs(token);
    expect([refused.status, refused.body.error.message]).toEqual([401, 'invalid token']);
  });
});
