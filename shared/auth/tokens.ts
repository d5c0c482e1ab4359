import { randomUUID } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import * as z from 'zod';
import type { Clock } from '../runtime/clock.ts';
import { SCOPES, type Scope, scopesUpTo } from './scopes.ts';

const ALGORITHM = 'HS256';
export const ACCESS_TOKEN_SECONDS = 24 * 3600;
const REFRESH_TOKEN_SECONDS = 30 * 24 * 3600;

const ClaimsSchema = z.object({
  _id: z.string(),
  organization: z.string(),
  scope: z.string(),
  grant_type: z.enum(['access_token', 'refresh_token']),
  jti: z.string(),
  iat: z.number(),
  exp: z.number().optional(),
  rate: z.number().positive().optional(),
  kept: z.literal(true).optional(),
});

/** What a token says of its bearer. */
export interface Claims {
  readonly user: string;
  readonly organization: string;
  readonly scopes: readonly Scope[];
  readonly tokenId: string;
  /** Good only while its user has a token of this id: one that was made by name, and any that has no end. */
  readonly isKept: boolean;
  /** Epoch seconds. */
  readonly issuedAt: number;
  /** Requests per second that the token may make; absent where there is no limit. */
  readonly rate?: number;
}

/** Who gets a token, and what it allows. */
export interface Bearer {
  readonly user: string;
  readonly organization: string;
  readonly scope: Scope;
  readonly rate?: number | undefined;
  /** Id under which the user keeps the token; without it, nothing but its end ends it alone. */
  readonly keptToken?: string | undefined;
  /** Epoch seconds before which tokens are over; the clock may not have passed it yet. */
  readonly validFrom?: number | undefined;
}

export type TokenKind = 'access_token' | 'refresh_token';

/** A token that is not ours, or not any more. The words are those that clients of the reference API look for. */
export class TokenError extends Error {
  constructor(message: 'jwt expired' | 'invalid signature' | 'invalid token') {
    super(message);
    this.name = 'TokenError';
  }
}

export interface TokenVerifier {
  /** Throws TokenError. */
  verify(kind: TokenKind, token: string): Promise<Claims>;
}

export interface TokenService extends TokenVerifier {
  /** A signed token; one without `lifetimeSeconds` does not expire. */
  issue(kind: TokenKind, bearer: Bearer, lifetimeSeconds?: number): Promise<{ token: string; expiresAt?: number }>;
}

export const LIFETIME_SECONDS: Readonly<Record<TokenKind, number>> = {
  access_token: ACCESS_TOKEN_SECONDS,
  refresh_token: REFRESH_TOKEN_SECONDS,
};

const bytesOf = async (key: TokenKey) => new TextEncoder().encode(await key());

/** The installation's token key. */
type TokenKey = () => Promise<string>;

/** Reads JWTs signed with HS256 by the installation's token key. */
export function createTokenVerifier(key: TokenKey, clock: Clock): TokenVerifier {
  return {
    async verify(kind, token) {
      const payload = await jwtVerify(token, await bytesOf(key), {
        algorithms: [ALGORITHM],
        currentDate: new Date(clock.now()),
      })
        .then((verified) => verified.payload)
        .catch((error: unknown) => {
          if (error instanceof errors.JWTExpired) throw new TokenError('jwt expired');
          if (error instanceof errors.JWSSignatureVerificationFailed) throw new TokenError('invalid signature');
          if (error instanceof errors.JOSEError || error instanceof TypeError) throw new TokenError('invalid token');
          throw error;
        });
      const claims = ClaimsSchema.safeParse(payload);
      if (!claims.success || claims.data.grant_type !== kind) throw new TokenError('invalid token');
      const { _id, organization, scope, jti, iat, exp, rate, kept } = claims.data;
      const words = scope.split(' ');
      return {
        user: _id,
        organization,
        scopes: SCOPES.filter((known) => words.includes(known)),
        tokenId: jti,
        isKept: kept === true || exp === undefined,
        issuedAt: iat,
        ...(rate !== undefined && { rate }),
      };
    },
  };
}

/** Makes them as well. */
export function createTokenService(key: TokenKey, clock: Clock): TokenService {
  return {
    ...createTokenVerifier(key, clock),
    async issue(kind, bearer, lifetimeSeconds) {
      const issuedAt = Math.max(Math.floor(clock.now() / 1000), bearer.validFrom ?? 0);
      const expiresAt = lifetimeSeconds === undefined ? undefined : issuedAt + lifetimeSeconds;
      const jwt = new SignJWT({
        _id: bearer.user,
        organization: bearer.organization,
        scope: scopesUpTo(bearer.scope).join(' '),
        grant_type: kind,
        ...(bearer.rate !== undefined && { rate: bearer.rate }),
        ...(bearer.keptToken !== undefined && { kept: true }),
      })
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
        .setJti(bearer.keptToken ?? randomUUID())
        .setIssuedAt(issuedAt);
      if (expiresAt !== undefined) jwt.setExpirationTime(expiresAt);
      return { token: await jwt.sign(await bytesOf(key)), ...(expiresAt !== undefined && { expiresAt }) };
    },
  };
}
