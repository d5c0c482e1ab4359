import { beforeAll, describe, expect, it } from 'vitest';
import { hashPassword, isPassword } from '../../shared/auth/passwords.ts';

const PASSWORD = 'demo-password';

/** Milliseconds of processor time, over all threads: what the check costs, however busy the machine is. */
async function costOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

let stored: string;
beforeAll(async () => {
  stored = await hashPassword(PASSWORD);
});

describe('a password', () => {
  it('is kept in PHC form, salted, with the parameters of OWASP', async () => {
    expect(stored).toMatch(/^\$scrypt\$ln=17,r=8,p=1\$[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=$/);
    expect(stored).not.toContain(PASSWORD);
    expect(await hashPassword(PASSWORD)).not.toBe(stored);
  });

  it('is right or wrong', async () => {
    expect(await isPassword(PASSWORD, stored)).toBe(true);
    expect(await isPassword('demo-Password', stored)).toBe(false);
  });

  it('is the same in both ways of writing an accent', async () =>
    expect(await isPassword('cafe\u0301', await hashPassword('caf\u00e9'))).toBe(true));

  /** RFC 7914, section 12, third vector, its first 32 bytes. */
  it('is checked by the parameters it was stored with', async () =>
    expect(
      await isPassword(
        'pleaseletmein',
        '$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU=$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofI=',
      ),
    ).toBe(true));

  it.each(['', 'plain', '$scrypt$ln=17,r=8,p=1$c2FsdA==', '$argon2id$v=19$m=1,t=1,p=1$c2FsdA$aGFzaA'])(
    'is never right against %j',
    async (other) => expect(await isPassword(PASSWORD, other)).toBe(false),
  );

  it('costs as much to check where there is no account', async () => {
    const known = await costOf(async () => expect(await isPassword('wrong', stored)).toBe(false));
    const unknown = await costOf(async () => expect(await isPassword('wrong', undefined)).toBe(false));
    expect(unknown).toBeGreaterThan(known / 2);
    expect(unknown).toBeLessThan(known * 2);
  });
});
