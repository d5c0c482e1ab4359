import { describe, expect, it } from 'vitest';
import { demandScope, identifyCaller, type KnownUser, reaches } from '../../shared/auth/caller.ts';
import { SCOPES, scopesUpTo } from '../../shared/auth/scopes.ts';
import { createTokenService } from '../../shared/auth/tokens.ts';
import { RequestError } from '../../shared/domain/errors.ts';
import { AGENT, createFakeClock, NOW, ORG_PATH, ORGANIZATION } from '../support/builders.ts';

const KEY = async () => 'a key of the installation, long enough for anybody';
const tokens = createTokenService(KEY, createFakeClock());
const BEARER = { user: AGENT, organization: ORGANIZATION, scope: 'agent' } as const;
const USER: KnownUser = { status: 'active', organizations: [{ organization: ORGANIZATION, orgPath: ORG_PATH }] };

async function refusalOf(authorization: string | undefined, user: KnownUser | undefined = USER, service = tokens) {
  const error: unknown = await identifyCaller(authorization, service, async () => user).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(RequestError);
  return error as RequestError;
}

describe('what a caller reaches', () => {
  it.each<[string[], string, boolean]>([
    [['root'], 'root', true],
    [['root'], 'root#shop', true],
    [['root#shop'], 'root#shop#leaf', true],
    [['root#shop'], 'root', false],
    [['root#shop'], 'root#garage', false],
    [['root#shop'], 'root#shopping', false],
    [['aaa111'], 'aaa1112', false],
    [['shop'], 'root#shop', false],
    [['x', 'root#shop'], 'root#shop', true],
    [[], 'root', false],
  ])('%j reaches %s: %s', (paths, orgPath, expected) => expect(reaches({ paths }, orgPath)).toBe(expected));
});

describe('a caller', () => {
  it.each(['Bearer ', 'bearer  ', 'BEARER '])('is known by the header "%s<token>"', async (word) => {
    const { token } = await tokens.issue('access_token', BEARER);
    expect(await identifyCaller(`${word}${token}`, tokens, async () => USER)).toEqual({
      user: AGENT,
      organization: ORGANIZATION,
      scopes: ['guest', 'agent'],
      paths: [ORG_PATH],
    });
  });

  it('with a limited token has its rate, under the id of the token', async () => {
    const { token } = await tokens.issue('access_token', { ...BEARER, rate: 20 });
    const { tokenId } = await tokens.verify('access_token', token);
    expect((await identifyCaller(`Bearer ${token}`, tokens, async () => USER)).rate).toEqual({
      token: tokenId,
      perSecond: 20,
    });
  });

  it('reaches the organization itself where a membership has no path', async () => {
    const { token } = await tokens.issue('access_token', BEARER);
    const user = { status: 'active', organizations: [{ organization: 'root' }] };
    expect((await identifyCaller(`Bearer ${token}`, tokens, async () => user)).paths).toEqual(['root']);
  });

  it.each([undefined, '', 'Bearer', 'Bearer ', 'Basic dXNlcjpwYXNz', 'token', 'Bearer a b'])(
    'is nobody with the header %j',
    async (authorization) => expect((await refusalOf(authorization)).status).toBe(401),
  );

  it('with a token that is over gets 401 in the words that clients renew it on', async () => {
    const { token } = await tokens.issue('access_token', BEARER, 60);
    const later = createTokenService(KEY, createFakeClock(NOW + 61_000));
    const expired = await refusalOf(`Bearer ${token}`, USER, later);
    const forged = await refusalOf(`Bearer ${token.slice(0, -3)}abc`);
    expect([expired.status, forged.status]).toEqual([401, 401]);
    for (const { message } of [expired, forged])
      expect(message).toMatch(/jwt expired|invalid signature|invalid token/i);
  });

  it.each<[string, KnownUser | undefined]>([
    ['not there', undefined],
    ['not active', { ...USER, status: 'disabled' }],
  ])('whose user is %s gets 401', async (_what, user) => {
    const { token } = await tokens.issue('access_token', BEARER);
    const error: unknown = await identifyCaller(`Bearer ${token}`, tokens, async () => user).catch((thrown) => thrown);
    expect(error).toMatchObject({ status: 401, message: 'invalid token' });
  });
});

describe('a scope', () => {
  const caller = (scopes: readonly (typeof SCOPES)[number][]) => ({
    user: AGENT,
    organization: ORGANIZATION,
    paths: [],
    scopes,
  });

  it.each(SCOPES.flatMap((has) => SCOPES.map((wants) => [has, wants] as const)))(
    'of %s serves what asks for %s when it stands as high',
    (has, wants) => {
      const demand = () => demandScope(caller(scopesUpTo(has)), wants);
      if (SCOPES.indexOf(has) >= SCOPES.indexOf(wants)) expect(demand).not.toThrow();
      else expect(demand).toThrow(expect.objectContaining({ status: 403, code: 'forbidden' }));
    },
  );

  it('that is missing is named, with those that the token has', () =>
    expect(() => demandScope(caller(['guest']), 'admin')).toThrow(/admin.*guest/));
});
