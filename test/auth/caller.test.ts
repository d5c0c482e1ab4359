import { describe, expect, it } from 'vitest';
import {
  demandScope,
  type IdentifiedCaller,
  identifyCaller,
  type KnownUser,
  reaches,
  seesConversation,
} from '../../shared/auth/caller.ts';
import { SCOPES, type Scope, scopesUpTo } from '../../shared/auth/scopes.ts';
import { createTokenService } from '../../shared/auth/tokens.ts';
import { RequestError } from '../../shared/domain/errors.ts';
import { AGENT, createFakeClock, NOW, ORG_PATH, ORGANIZATION } from '../support/builders.ts';

const KEY = async () => 'a key of the installation, long enough for anybody';
const tokens = createTokenService(KEY, createFakeClock());
const KEPT = 'a kept token';
const BEARER = { user: AGENT, organization: ORGANIZATION, scope: 'agent', keptToken: KEPT } as const;
const USER: KnownUser = {
  status: 'active',
  organizations: [{ organization: ORGANIZATION, orgPath: ORG_PATH, role: 'bot' }],
  tokens: new Set([KEPT]),
};

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
      agentPaths: [ORG_PATH],
      roles: [{ path: ORG_PATH, role: 'bot' }],
    });
  });

  it('with a limited token has its rate, under the id of the token', async () => {
    const { token } = await tokens.issue('access_token', { ...BEARER, rate: 20 });
    expect((await identifyCaller(`Bearer ${token}`, tokens, async () => USER)).rate).toEqual({
      token: KEPT,
      perSecond: 20,
    });
  });

  it('reaches the organization itself where a membership has no path', async () => {
    const { token } = await tokens.issue('access_token', BEARER);
    const user: KnownUser = { ...USER, organizations: [{ organization: 'root', role: 'agent' }] };
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

describe('a token', () => {
  const PASSWORD_CHANGED = NOW / 1000 + 100;

  it('that is kept ends when its user keeps it no more, and any without an end is one', async () => {
    const kept = await tokens.issue('access_token', BEARER, 60);
    const endless = await tokens.issue('access_token', { ...BEARER, keptToken: undefined });
    expect((await identifyCaller(`Bearer ${kept.token}`, tokens, async () => USER)).user).toBe(AGENT);
    for (const { token } of [kept, endless]) {
      expect((await refusalOf(`Bearer ${token}`, { ...USER, tokens: new Set() })).message).toBe('invalid token');
      expect((await refusalOf(`Bearer ${token}`, { ...USER, tokens: undefined })).message).toBe('invalid token');
    }
  });

  it('that is kept is asked for by its id, and no other is', async () => {
    const asked: unknown[] = [];
    const find = async (...args: unknown[]) => {
      asked.push(args);
      return USER;
    };
    for (const keptToken of [KEPT, undefined]) {
      const { token } = await tokens.issue('access_token', { ...BEARER, keptToken }, 60);
      await identifyCaller(`Bearer ${token}`, tokens, find);
    }
    expect(asked).toEqual([
      [AGENT, KEPT],
      [AGENT, undefined],
    ]);
  });

  it('of a login ends when it was issued before the second from which the tokens of its user hold', async () => {
    const user = { ...USER, tokensValidFrom: PASSWORD_CHANGED };
    const bearer = { ...BEARER, keptToken: undefined };
    const issuedAt = async (seconds: number) =>
      (await createTokenService(KEY, createFakeClock(seconds * 1000)).issue('access_token', bearer, 600)).token;
    const service = createTokenService(KEY, createFakeClock(PASSWORD_CHANGED * 1000));
    const before = await issuedAt(PASSWORD_CHANGED - 1);
    expect((await refusalOf(`Bearer ${before}`, user, service)).message).toBe('invalid token');
    const after = `Bearer ${await issuedAt(PASSWORD_CHANGED)}`;
    expect((await identifyCaller(after, service, async () => user)).user).toBe(AGENT);
  });
});

describe('a role', () => {
  const SHOP = 'root#shop';
  const caller: IdentifiedCaller = {
    user: AGENT,
    organization: ORGANIZATION,
    scopes: SCOPES,
    paths: [SHOP, 'other'],
    agentPaths: [SHOP, 'other'],
    roles: [
      { path: SHOP, role: 'admin' },
      { path: 'other', role: 'agent' },
    ],
  };

  it('counts where the user has it, and nowhere else', () => {
    expect(demandScope(caller, 'agent').paths).toEqual([SHOP, 'other']);
    expect(demandScope(caller, 'bot').paths).toEqual([SHOP]);
    expect(demandScope(caller, 'admin').paths).toEqual([SHOP]);
  });

  it('of an agent somewhere leaves them a guest where they are one', async () => {
    const organizations = [...USER.organizations, { organization: 'elsewhere', role: 'guest' as const }];
    const identified = async (scope: Scope) => {
      const { token } = await tokens.issue('access_token', { ...BEARER, scope });
      return identifyCaller(`Bearer ${token}`, tokens, async () => ({ ...USER, organizations }));
    };
    const asAgent = demandScope(await identified('agent'), 'guest');
    expect([asAgent.paths, asAgent.agentPaths]).toEqual([[ORG_PATH, 'elsewhere'], [ORG_PATH]]);
    expect(demandScope(await identified('guest'), 'guest').agentPaths).toEqual([]);
    const [theirs, others] = [{ [AGENT]: {} }, {}];
    const sees = (orgPath: string, participants: object) =>
      seesConversation(asAgent, { orgPath, participants: { ...participants } });
    expect(sees(`${ORG_PATH}#below`, others)).toBe(true);
    expect(sees('elsewhere', others)).toBe(false);
    expect(sees('elsewhere#below', theirs)).toBe(true);
    expect(sees('nowhere', theirs)).toBe(false);
  });

  it('that was taken away takes its scope out of the tokens that were issued before', async () => {
    const { token } = await tokens.issue('access_token', { ...BEARER, scope: 'admin' });
    const identified = await identifyCaller(`Bearer ${token}`, tokens, async () => USER);
    expect(identified.scopes).toEqual(['guest', 'agent', 'bot']);
    expect(() => demandScope(identified, 'admin')).toThrow(expect.objectContaining({ status: 403 }));
  });
});

describe('a scope', () => {
  const caller = (scopes: readonly (typeof SCOPES)[number][]) => ({
    user: AGENT,
    organization: ORGANIZATION,
    paths: [],
    agentPaths: [],
    roles: [],
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
