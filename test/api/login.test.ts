import { scryptSync } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashPassword } from '../../shared/auth/passwords.ts';
import { UserSchema } from '../../shared/contracts/configuration.ts';
import { putUser } from '../../shared/store/users.ts';
import { createTestClock, type TestClock } from '../support/api-clock.ts';
import { newEmail } from '../support/api-requests.ts';
import { ORGANIZATION, USER } from '../support/api-seed.ts';
import { type Answer, type Api, PEPPER, startWorld, type World } from '../support/api-world.ts';
import { newId } from '../support/builders.ts';

const PASSWORD = 'correct horse battery staple';
const ATTEMPTS = 10;
const WINDOW_SECONDS = 15 * 60;

let world: World;
let api: Api;
let clock: TestClock;
beforeAll(async () => {
  world = await startWorld();
  clock = createTestClock();
  api = world.createApi({ clock });
});
afterAll(() => world?.stop());

/** As a real one in all but its cost: most of these tests fail ten logins. */
const cheapHash = (): string => {
  const salt = Buffer.from('sixteen bytes...');
  const key = scryptSync(PASSWORD, salt, 32, { N: 2 ** 4, r: 8, p: 1 });
  return `$scrypt$ln=4,r=8,p=1$${salt.toString('base64')}$${key.toString('base64')}`;
};

/** A user who can log in, and belongs to the root as an agent. */
async function newUser(overrides: object = {}, passwordHash = cheapHash()): Promise<{ id: string; email: string }> {
  const [id, email] = [newId(), newEmail()];
  const organizations = [{ organization: ORGANIZATION.root, role: 'agent' }];
  const user = UserSchema.parse({ id, email, organizations, ...overrides });
  await putUser(world.table, { ...user, passwordHash }, { pepper: PEPPER, matchKey: email });
  return { id, email };
}

const ask = (body: unknown): Promise<Answer> =>
  api.send({ method: 'POST', path: '/v2/auth/token', body: JSON.stringify(body) });
const login = (email: string, rest: object = {}) => ask({ email, password: PASSWORD, ...rest });
const request = (method: string, path: string, token: string, body?: unknown) =>
  api.send({
    method,
    path,
    headers: { authorization: `Bearer ${token}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
const statusOf = ({ status, body }: Answer) => [status, body?.error?.code];
const failTimes = async (email: string, times: number) => {
  for (let time = 0; time < times; time++) {
    expect(statusOf(await ask({ email, password: 'wrong' }))).toEqual([401, 'unauthorized']);
  }
};

describe('a login', () => {
  it.each([[{}], [{ email: 'ada@example.com' }], [{ email: 7, password: PASSWORD }], [{ refreshToken: 7 }]])(
    'is told what it must have when it is %j',
    async (body) => {
      const answer = await ask(body);
      expect(statusOf(answer)).toEqual([400, 'invalid_request']);
      expect(answer.body.error.details).toEqual([
        { path: '', message: 'must have either email and password, or refreshToken, as text' },
      ]);
    },
  );
});

describe('failed logins', () => {
  it('with an address, ten in a quarter of an hour, are all that are looked at; the password does not help then', async () => {
    const { email } = await newUser();
    await failTimes(email, ATTEMPTS);
    clock.advance(60_000);
    const refused = await login(email);
    expect(statusOf(refused)).toEqual([429, 'rate_exceeded']);
    expect(refused.headers['retry-after']).toBe(String(WINDOW_SECONDS - 60));
    expect(refused.body.error.message).not.toMatch(/jwt expired|invalid signature|invalid token/i);
    clock.advance((WINDOW_SECONDS - 60) * 1000);
    expect((await login(email)).status).toBe(201);
  }, 60_000);

  it('cost no password hash beyond the limit', async () => {
    const { email } = await newUser({}, await hashPassword(PASSWORD));
    await failTimes(email, ATTEMPTS);
    const before = process.cpuUsage();
    const refused = await Promise.all(Array.from({ length: 20 }, () => login(email)));
    const { user } = process.cpuUsage(before);
    expect(refused.every(({ status }) => status === 429)).toBe(true);
    const hashing = process.cpuUsage();
    await hashPassword(PASSWORD);
    expect(user / refused.length).toBeLessThan(process.cpuUsage(hashing).user / 2);
  }, 60_000);

  it('count for an address that nobody logs in with the same, however it is written', async () => {
    const email = newEmail();
    await failTimes(email, ATTEMPTS - 1);
    await failTimes(` ${email.toUpperCase()}`, 1);
    expect(statusOf(await login(email))).toEqual([429, 'rate_exceeded']);
    expect((await login((await newUser()).email)).status).toBe(201);
  }, 60_000);

  it('are forgotten after one that succeeded', async () => {
    const { email } = await newUser();
    await failTimes(email, ATTEMPTS - 1);
    expect((await login(email)).status).toBe(201);
    await failTimes(email, 2);
    expect((await login(email)).status).toBe(201);
  }, 60_000);

  it('are kept without the address', async () => {
    const email = newEmail();
    await failTimes(email, 1);
    expect(JSON.stringify((await world.items()).filter(({ pk }) => String(pk).startsWith('X#')))).not.toContain(email);
  });
});

describe('a refresh', () => {
  it('says whose it is by email, by id or by the address of a bot, or not at all', async () => {
    const { id, email } = await newUser();
    const { refreshToken } = (await login(email)).body;
    for (const clientId of [email, ` ${email.toUpperCase()}`, id, `bot+${id}@web1on1.chat`, null]) {
      expect([clientId, (await ask({ clientId, refreshToken })).status]).toEqual([clientId, 201]);
    }
    for (const clientId of [newEmail(), newId(), `bot+${newId()}@web1on1.chat`, '']) {
      expect(statusOf(await ask({ clientId, refreshToken }))).toEqual([401, 'unauthorized']);
    }
  });

  it('is for tokens that were issued since the user ended all of theirs', async () => {
    const { id, email } = await newUser();
    const before = (await login(email)).body;
    expect((await request('DELETE', `/v2/users/${id}/tokens`, before.token)).status).toBe(204);
    expect(statusOf(await ask({ refreshToken: before.refreshToken }))).toEqual([401, 'unauthorized']);
    expect(statusOf(await request('DELETE', `/v2/users/${id}/tokens`, before.token))).toEqual([401, 'unauthorized']);
    const after = (await login(email)).body;
    expect((await ask({ refreshToken: after.refreshToken })).status).toBe(201);
    expect((await request('DELETE', `/v2/users/${id}/tokens`, after.token)).status).toBe(204);
  });
});

describe('one-time passwords', () => {
  const codeOf = (secret: string, at = clock.now()) =>
    new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: at });
  const nextStep = () => clock.advance(30_000);

  async function enrolled() {
    const user = await newUser();
    const { token } = (await login(user.email)).body;
    const begun = await request('POST', `/v2/users/${user.id}/otp`, token);
    expect(begun.status).toBe(201);
    const { secret, url } = begun.body;
    nextStep();
    const confirm = await request('POST', `/v2/users/${user.id}/otp/confirm`, token, { code: codeOf(secret) });
    expect(confirm.status).toBe(204);
    nextStep();
    return { ...user, token, secret, url };
  }

  it('are asked for at a login once they are confirmed, and not before', async () => {
    const { id, email } = await newUser();
    const { token } = (await login(email)).body;
    const { secret, url } = (await request('POST', `/v2/users/${id}/otp`, token)).body;
    expect(url).toContain(secret);
    expect((await login(email)).status).toBe(201);
    const wrong = await request('POST', `/v2/users/${id}/otp/confirm`, token, { code: '000000' });
    expect([...statusOf(wrong), wrong.body.error.details[0].path]).toEqual([400, 'invalid_request', 'code']);
    expect((await login(email)).status).toBe(201);
    const confirm = { code: codeOf(secret) };
    expect((await request('POST', `/v2/users/${id}/otp/confirm`, token, confirm)).status).toBe(204);
    expect(statusOf(await login(email))).toEqual([401, 'otp_required']);
    nextStep();
    expect((await login(email, { otp: codeOf(secret) })).status).toBe(201);
  });

  it('are taken once, and none that is older than one that was taken', async () => {
    const { email, secret } = await enrolled();
    const code = codeOf(secret);
    const older = codeOf(secret, clock.now() - 30_000);
    expect((await login(email, { otp: code })).status).toBe(201);
    for (const otp of [code, older]) expect(statusOf(await login(email, { otp }))).toEqual([401, 'unauthorized']);
    nextStep();
    const twice = { otp: codeOf(secret) };
    const both = await Promise.all([login(email, twice), login(email, twice)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([201, 401]);
  });

  it('that are wrong are told like a wrong password, and count as failures', async () => {
    const { email, secret } = await enrolled();
    for (let time = 0; time < ATTEMPTS; time++) {
      const { status, body } = await login(email, { otp: '000000' });
      expect([status, body.error.message]).toEqual([401, 'Unauthorized']);
    }
    expect(statusOf(await login(email, { otp: codeOf(secret) }))).toEqual([429, 'rate_exceeded']);
  }, 60_000);

  it('do not tell whether the password was right', async () => {
    const { email, secret } = await enrolled();
    expect(statusOf(await ask({ email, password: 'wrong' }))).toEqual([401, 'unauthorized']);
    expect(statusOf(await ask({ email, password: 'wrong', otp: codeOf(secret) }))).toEqual([401, 'unauthorized']);
    expect((await login(email, { otp: codeOf(secret) })).status).toBe(201);
  });

  it('cannot be replaced while they are confirmed; their user ends them by a code', async () => {
    const { id, email, token, secret } = await enrolled();
    expect(statusOf(await request('POST', `/v2/users/${id}/otp`, token))).toEqual([409, 'otp_exists']);
    expect(statusOf(await request('DELETE', `/v2/users/${id}/otp`, token))).toEqual([400, 'invalid_request']);
    const wrong = await request('DELETE', `/v2/users/${id}/otp?code=000000`, token);
    expect(statusOf(wrong)).toEqual([400, 'invalid_request']);
    expect((await request('DELETE', `/v2/users/${id}/otp?code=${codeOf(secret)}`, token)).status).toBe(204);
    expect((await login(email)).status).toBe(201);
    expect(statusOf(await request('DELETE', `/v2/users/${id}/otp?code=1`, token))).toEqual([404, 'not_found']);
  });

  it('are ended by an admin of all the user’s organizations without a code, and by nobody else', async () => {
    const { id, email } = await enrolled();
    const as = async (user: string, scope: 'agent' | 'admin') =>
      request('DELETE', `/v2/users/${id}/otp`, await world.token(user, scope));
    expect(statusOf(await as(USER.agent, 'agent'))).toEqual([403, 'forbidden']);
    expect(statusOf(await as(USER.stranger, 'admin'))).toEqual([404, 'not_found']);
    expect(statusOf(await login(email))).toEqual([401, 'otp_required']);
    expect((await as(USER.admin, 'admin')).status).toBe(204);
    expect((await login(email)).status).toBe(201);
  });

  it('are for their user alone to set up', async () => {
    const { id } = await newUser();
    const admin = await world.token(USER.admin, 'admin');
    expect(statusOf(await request('POST', `/v2/users/${id}/otp`, admin))).toEqual([403, 'forbidden']);
    const confirm = await request('POST', `/v2/users/${id}/otp/confirm`, admin, { code: '123456' });
    expect(statusOf(confirm)).toEqual([403, 'forbidden']);
  });

  it('are stored so that nobody who reads the table can make codes', async () => {
    const { id, secret } = await enrolled();
    const stored = JSON.stringify((await world.items()).filter(({ pk }) => pk === `U#${id}`));
    expect(stored).toContain('sealed');
    expect(stored).not.toContain(secret);
  });
});
