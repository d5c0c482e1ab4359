import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What the seeds of one-time passwords are sealed for. */
export const OTP_SEEDS = 'otp seeds';

export interface Sealer {
  seal(text: string, context: string): Promise<string>;
  /** Throws for what was not sealed in this context, or under another key. */
  open(sealed: string, context: string): Promise<string>;
}

/**
 * Encrypts what must not be readable in the table (AES-256-GCM), under a key that is derived from the installation's
 * token key for this purpose alone (HKDF, RFC 5869). `context` names whose it is: it opens nowhere else.
 */
export function createSealer(tokenKey: () => Promise<string>, purpose: string): Sealer {
  const derive = async () => Buffer.from(hkdfSync('sha256', await tokenKey(), '', `overture ${purpose}`, KEY_BYTES));
  return {
    async seal(text, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, await derive(), nonce).setAAD(Buffer.from(context));
      const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), encrypted]).toString('base64url');
    },
    async open(sealed, context) {
      const bytes = Buffer.from(sealed, 'base64url');
      const nonce = bytes.subarray(0, NONCE_BYTES);
      const decipher = createDecipheriv(ALGORITHM, await derive(), nonce, { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(context))
        .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      const encrypted = bytes.subarray(NONCE_BYTES + TAG_BYTES);
      return Buffer.concat([decipher.update(encrypted), decipher.final()]).toString('utf8');
    },
  };
}
