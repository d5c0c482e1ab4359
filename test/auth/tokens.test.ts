import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SCOPES, type Scope } from '../../shared/auth/scopes.ts';
import { createTokenService, TokenError } from '../../shared/auth/tokens.ts';
import { AGENT, createFakeClock, NOW, ORGANIZATION } from '../support/builders.ts';

const KEY = 'a key of the installation, long enough for anybody';
const BEARER = { user: AGENT, organization: ORGANIZATION, scope: 'bot' } as const;
const clock = createFakeClock();
const tokens = createTokenService(async () => KEY, clock);

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
/** A token made by hand. */
function forged(header: object, payload: object, key?: string): string {
  const signed = `${encode(header)}.${encode(payload)}`;
  return `${signed}.${key === undefined ? '' : createHmac('sha256', key).update(signed).digest('base64url')}`;
}
const PAYLOAD = {
  _id: AGENT,
  organization: ORGANIZATION,
  scope: 'guest agent bot',
  grant_type: 'access_token',
  jti: 'x',
  iat: NOW / 1000,
};
const HS256 = { alg: 'HS256', typ: 'JWT' };

const refusalOf = async (token: string, kind: 'access_token' | 'refresh_token' = 'access_token', at = tokens) => {
  const error: unknown = await at.verify(kind, token).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TokenError);
  return (error as TokenError).message;
};

describe('a token', () => {
  it('says who bears it, where, with which scopes', async () => {
    const { token, expiresAt } = await tokens.issue('access_token', BEARER, 60);
    expect(expiresAt).toBe(NOW / 1000 + 60);
    expect(await tokens.verify('access_token', token)).toEqual({
      user: AGENT,
      organization: ORGANIZATION,
      scopes: ['guest', 'agent', 'bot'],
      tokenId: expect.stringMatching(/.{20,}/),
      isKept: false,
      issuedAt: NOW / 1000,
    });
  });

  it('carries the claims that clients of the reference API read', async () => {
    const { token } = await tokens.issue('refresh_token', BEARER, 60);
    const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    expect(payload).toMatchObject({
      ...PAYLOAD,
      grant_type: 'refresh_token',
      jti: expect.any(String),
      exp: NOW / 1000 + 60,
    });
  });

  it('says how many requests per second it may make, where that is limited', async () => {
    const { token } = await tokens.issue('access_token', { ...BEARER, rate: 2.5 });
    expect((await tokens.verify('access_token', token)).rate).toBe(2.5);
  });

  it.each<[Scope, readonly Scope[]]>(SCOPES.map((scope, index) => [scope, SCOPES.slice(0, index + 1)]))(
    'of scope %s has %j',
    async (scope, scopes) => {
      const { token } = await tokens.issue('access_token', { ...BEARER, scope });
      expect((await tokens.verify('access_token', token)).scopes).toEqual(scopes);
    },
  );

  it('of a bot does not expire', async () => {
    const { token, expiresAt } = await tokens.issue('access_token', BEARER);
    const years = createTokenService(async () => KEY, createFakeClock(NOW + 10 * 365 * 24 * 3600_000));
    expect(expiresAt).toBeUndefined();
    expect(await years.verify('access_token', token)).toMatchObject({ isKept: true });
  });

  it('that its user keeps has the id it is kept under, whether it has an end or not', async () => {
    for (const lifetime of [60, undefined]) {
      const { token } = await tokens.issue('access_token', { ...BEARER, keptToken: 'kept' }, lifetime);
      expect(await tokens.verify('access_token', token)).toMatchObject({ tokenId: 'kept', isKept: true });
    }
  });

  it('is not issued before the second from which those of its user hold', async () => {
    const { token } = await tokens.issue('access_token', { ...BEARER, validFrom: NOW / 1000 + 1 }, 60);
    expect((await tokens.verify('access_token', token)).issuedAt).toBe(NOW / 1000 + 1);
  });

  it('has an id of its own each time', async () => {
    const [first, second] = await Promise.all([
      tokens.issue('access_token', BEARER),
      tokens.issue('access_token', BEARER),
    ]);
    expect(first.token).not.toBe(second.token);
  });

  it('holds until its last second, and not longer', async () => {
    const { token } = await tokens.issue('access_token', BEARER, 60);
    const at = (ms: number) => createTokenService(async () => KEY, createFakeClock(NOW + ms));
    expect((await at(59_000).verify('access_token', token)).user).toBe(AGENT);
    expect(await refusalOf(token, 'access_token', at(60_000))).toBe('jwt expired');
  });

  it('of the other kind is refused', async () => {
    const access = await tokens.issue('access_token', BEARER);
    const refresh = await tokens.issue('refresh_token', BEARER);
    expect(await refusalOf(refresh.token, 'access_token')).toBe('invalid token');
    expect(await refusalOf(access.token, 'refresh_token')).toBe('invalid token');
  });

  it('made by hand with our key is as good', async () =>
    expect((await tokens.verify('access_token', forged(HS256, PAYLOAD, KEY))).user).toBe(AGENT));

  const { iat: _iat, ...withoutTime } = PAYLOAD;
  it.each<[string, string, string]>([
    ['signed by another key', forged(HS256, PAYLOAD, 'another key'), 'invalid signature'],
    ['with another payload under its signature', '', 'invalid signature'],
    ['that is not signed', forged({ alg: 'none', typ: 'JWT' }, PAYLOAD), 'invalid token'],
    ['that is not signed, though it says so', forged(HS256, PAYLOAD), 'invalid signature'],
    ['of another algorithm', forged({ alg: 'HS512', typ: 'JWT' }, PAYLOAD, KEY), 'invalid token'],
    ['of no algorithm', forged({ typ: 'JWT' }, PAYLOAD, KEY), 'invalid token'],
    ['without a user', forged(HS256, { ...PAYLOAD, _id: undefined }, KEY), 'invalid token'],
    ['without a time', forged(HS256, withoutTime, KEY), 'invalid token'],
    ['whose times are words', forged(HS256, { ...PAYLOAD, exp: 'never' }, KEY), 'invalid token'],
    ['whose rate is nothing', forged(HS256, { ...PAYLOAD, rate: 0 }, KEY), 'invalid token'],
    ['that is no token', 'not-a-token', 'invalid token'],
    ['that is empty', '', 'invalid token'],
    ['of three empty parts', '..', 'invalid token'],
  ])('%s is refused', async (what, token, message) => {
    if (what !== 'with another payload under its signature') {
      expect(await refusalOf(token)).toBe(message);
      return;
    }
    const [header, , signature] = (await tokens.issue('access_token', BEARER)).token.split('.');
    expect(await refusalOf(`${header}.${encode({ ...PAYLOAD, scope: 'admin' })}.${signature}`)).toBe(message);
  });

  it('is not called wrong when our own key cannot be read', async () => {
    const broken = createTokenService(async () => {
      throw new Error('no key');
    }, clock);
    await expect(broken.verify('access_token', 'x')).rejects.not.toBeInstanceOf(TokenError);
  });
});
