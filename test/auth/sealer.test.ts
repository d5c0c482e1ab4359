import { describe, expect, it } from 'vitest';
import { createSealer } from '../../shared/auth/sealer.ts';

const KEY = async () => 'a token key of the installation';
const sealer = createSealer(KEY, 'tests');
const TEXT = 'JBSWY3DPEHPK3PXP é';

describe('what is sealed', () => {
  it('opens to what it was, in its own context', async () =>
    expect(await sealer.open(await sealer.seal(TEXT, 'user'), 'user')).toBe(TEXT));

  it('looks different each time, and shows nothing', async () => {
    const [first, second] = [await sealer.seal(TEXT, 'user'), await sealer.seal(TEXT, 'user')];
    expect(first).not.toBe(second);
    expect(Buffer.from(first, 'base64url').toString('latin1')).not.toContain('JBSW');
  });

  it.each<[string, () => Promise<string>]>([
    ['for somebody else', async () => sealer.open(await sealer.seal(TEXT, 'user'), 'another user')],
    ['for another purpose', async () => createSealer(KEY, 'other').open(await sealer.seal(TEXT, 'user'), 'user')],
    [
      'under another key',
      async () => createSealer(async () => 'another key', 'tests').open(await sealer.seal(TEXT, 'user'), 'user'),
    ],
    [
      'once a bit of it was turned',
      async () => {
        const bytes = Buffer.from(await sealer.seal(TEXT, 'user'), 'base64url');
        bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
        return sealer.open(bytes.toString('base64url'), 'user');
      },
    ],
    ['with a shortened tag', async () => sealer.open((await sealer.seal('', 'user')).slice(0, -6), 'user')],
    ['when it never was sealed', async () => sealer.open('', 'user')],
  ])('does not open %s', async (_what, open) => {
    await expect(open()).rejects.toThrow();
  });
});
