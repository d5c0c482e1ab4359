import { describe, expect, it } from 'vitest';
import { newOtpSeed, otpUrlOf, stepOfCode } from '../../shared/auth/totp.ts';

/** RFC 6238, appendix B: the seed of its test vectors, and the last six digits of each code. */
const SEED = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const VECTORS: [seconds: number, code: string][] = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
];

describe('a one-time password', () => {
  it.each(VECTORS)('at %d s is %s, as RFC 6238 has it', (seconds, code) =>
    expect(stepOfCode(SEED, code, seconds * 1000)).toBe(Math.floor(seconds / 30)),
  );

  it('holds for its step and the ones before and after, and stands for its own', () => {
    const at = (seconds: number) => stepOfCode(SEED, '050471', seconds * 1000);
    const start = 1_111_111_110;
    expect([at(start - 31), at(start - 30), at(start), at(start + 59), at(start + 60)]).toEqual([
      undefined,
      start / 30,
      start / 30,
      start / 30,
      undefined,
    ]);
  });

  it.each(['', '5047', '050472', '0504711', 'abcdef', ' 50471'])('is not %j', (code) =>
    expect(stepOfCode(SEED, code, 1_111_111_111_000)).toBeUndefined(),
  );

  it('comes of a seed of 160 bits that is another each time, in a form that authenticators read', () => {
    const [seed, other] = [newOtpSeed(), newOtpSeed()];
    expect(seed).toMatch(/^[A-Z2-7]{32}$/);
    expect(other).not.toBe(seed);
    const url = new URL(otpUrlOf(seed, 'jo@example.com'));
    expect(`${url.protocol}//${url.host}${decodeURIComponent(url.pathname)}`).toBe(
      'otpauth://totp/Overture:jo@example.com',
    );
    expect(Object.fromEntries(url.searchParams)).toMatchObject({ secret: seed, issuer: 'Overture', period: '30' });
  });
});
