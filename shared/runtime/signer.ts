import { createHmac, timingSafeEqual } from 'node:crypto';

/** Signs short values that leave us and come back, so that only what we gave out is taken. */
export interface Signer {
  /** 20 lower-case hexadecimal digits: 80 bits, and safe in URLs and before the @ of an address. */
  sign(value: string): string;
  /** Compares in constant time, whatever is given. */
  isOurs(value: string, signature: string): boolean;
}

const SIGNATURE_DIGITS = 20;

const hmac = (key: string | Buffer, value: string): Buffer => createHmac('sha256', key).update(value).digest();

/** Each purpose has a key of its own, derived from the pepper: what is signed for one is worth nothing for another. */
export function createSigner(pepper: string, purpose: 'reply' | 'unsubscribe'): Signer {
  const key = hmac(pepper, `signing key: ${purpose}`);
  const sign = (value: string): string => hmac(key, value).toString('hex').slice(0, SIGNATURE_DIGITS);
  return {
    sign,
    isOurs: (value, signature) => timingSafeEqual(hmac(key, sign(value)), hmac(key, signature.toLowerCase())),
  };
}
