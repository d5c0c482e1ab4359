import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Keeps short secrets where others may read: sealed for one place, they are worth nothing in another. */
export interface Sealer {
  seal(text: string, place: string): string;
  /** Throws when it was not sealed here, or not for this place. */
  open(sealed: string, place: string): string;
}

/** AES-256-GCM under a key of its own, derived from the pepper by HKDF (RFC 5869). */
export function createSealer(pepper: string, purpose: 'webhook'): Sealer {
  const key = Buffer.from(hkdfSync('sha256', pepper, '', `sealing key: ${purpose}`, KEY_BYTES));
  return {
    seal(text, place) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(Buffer.from(place));
      const content = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), content]).toString('base64url');
    },
    open(sealed, place) {
      const bytes = Buffer.from(sealed, 'base64url');
      const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(place))
        .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
    },
  };
}
