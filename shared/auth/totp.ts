import { Secret, TOTP } from 'otpauth';

const STEP_SECONDS = 30;
/** RFC 4226, section 4: 160 bits are recommended. */
const SEED_BYTES = 20;
/** Steps before and after the present one whose code is taken too (RFC 6238, section 5.2). */
const WINDOW = 1;

/** A seed for one-time passwords, in base32. */
export const newOtpSeed = (): string => new Secret({ size: SEED_BYTES }).base32;

const totpOf = (seed: string, label = ''): TOTP =>
  new TOTP({ issuer: 'Overture', label, secret: Secret.fromBase32(seed), period: STEP_SECONDS });

/** What an authenticator reads from a QR code. */
export const otpUrlOf = (seed: string, label: string): string => totpOf(seed, label).toString();

/** The step that a code stands for; undefined for one that does not hold now. */
export function stepOfCode(seed: string, code: string, now: number): number | undefined {
  const away = totpOf(seed).validate({ token: code, timestamp: now, window: WINDOW });
  return away === null ? undefined : Math.floor(now / 1000 / STEP_SECONDS) + away;
}
