import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt);

/** OWASP's recommendation for scrypt: N = 2^17, r = 8, p = 1, which needs 128 MiB. */
const LOG_N = 17;
const BLOCK = 8;
const PARALLEL = 1;
const KEY_BYTES = 32;
const SALT_BYTES = 16;

const hash = (password: string, salt: Buffer, logN: number, r: number, p: number): Promise<Buffer> =>
  derive(password.normalize('NFKC'), salt, KEY_BYTES, { N: 2 ** logN, r, p, maxmem: 256 * 2 ** logN * r });

/** A salted scrypt hash in PHC string form, with the parameters it was made with. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await hash(password, salt, LOG_N, BLOCK, PARALLEL);
  return `$scrypt$ln=${LOG_N},r=${BLOCK},p=${PARALLEL}$${salt.toString('base64')}$${key.toString('base64')}`;
}

/** A hash that no password has: checking against it costs as much as against a real one. */
const NOBODY = `$scrypt$ln=${LOG_N},r=${BLOCK},p=${PARALLEL}$${Buffer.alloc(SALT_BYTES).toString('base64')}$${Buffer.alloc(KEY_BYTES).toString('base64')}`;

/** False too when there is no hash, in the same time: an answer must not tell which addresses have an account. */
export async function isPassword(password: string, stored: string | undefined): Promise<boolean> {
  const parts = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(stored ?? NOBODY);
  if (!parts) return false;
  const [, logN, r, p, salt = '', key = ''] = parts;
  const expected = Buffer.from(key, 'base64');
  const given = await hash(password, Buffer.from(salt, 'base64'), Number(logN), Number(r), Number(p));
  return stored !== undefined && given.length === expected.length && timingSafeEqual(given, expected);
}
