import { expect, it } from 'vitest';
import { createSealer } from '../../shared/runtime/sealer.ts';

const sealer = createSealer('pepper', 'webhook');

it('opens what it sealed, in its place, and shows nothing of it', () => {
  const sealed = sealer.seal('Grüße 👋', 'a/b');
  expect(sealer.open(sealed, 'a/b')).toBe('Grüße 👋');
  expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('Gr');
  expect(sealer.seal('Grüße 👋', 'a/b')).not.toBe(sealed);
});

it('does not open it in another place, under another pepper, or changed', () => {
  const sealed = sealer.seal('secret', 'a/b');
  expect(() => sealer.open(sealed, 'a/c')).toThrow();
  expect(() => createSealer('another', 'webhook').open(sealed, 'a/b')).toThrow();
  const bytes = Buffer.from(sealed, 'base64url');
  for (const at of [0, 15, bytes.length - 1]) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(() => sealer.open(changed.toString('base64url'), 'a/b')).toThrow();
  }
  expect(() => sealer.open('', 'a/b')).toThrow();
});
