import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { inflated } from '../../functions/ingest/inflate.ts';
import { RequestError } from '../../shared/domain/errors.ts';

/** In pieces that end anywhere, as they come from S3. */
async function* piecesOf(bytes: Buffer, length = 7): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}
const textOf = async (bytes: Buffer, from = 0): Promise<string> =>
  Buffer.concat(await Array.fromAsync(inflated(piecesOf(bytes), from))).toString();
const codeOf = (error: unknown): unknown => (error instanceof RequestError ? error.code : error);

it('gzip is read from any byte of what it holds on', async () => {
  const text = 'one\ntwo\nthrée\n';
  const whole = Buffer.from(text);
  const from = Array.from({ length: whole.length + 1 }, (_, index) => index);
  for (const begin of from) expect(await textOf(gzipSync(text), begin)).toBe(whole.subarray(begin).toString());
});

it('gzip of several members, as tools that write in parts make it, is one', async () => {
  expect(await textOf(Buffer.concat([gzipSync('one\n'), gzipSync('two\n')]), 2)).toBe('e\ntwo\n');
});

it.for([
  ['was cut off', gzipSync('one\ntwo\n').subarray(0, -6)],
  ['is none', Buffer.from('email,text\n')],
])('gzip that %s is its sender’s to mend', async ([, bytes]) => {
  expect(await textOf(bytes as Buffer).catch(codeOf)).toBe('invalid_request');
});

it('a source that fails is no broken gzip', async () => {
  async function* failing(): AsyncGenerator<Buffer> {
    yield gzipSync('one\n').subarray(0, 5);
    throw new Error('the connection was lost');
  }
  await expect(Array.fromAsync(inflated(failing(), 0))).rejects.toThrow('the connection was lost');
});

it('a source is let go of when enough was read', { timeout: 10_000 }, async () => {
  const letGo = Promise.withResolvers<void>();
  async function* endless(): AsyncGenerator<Buffer> {
    try {
      for (;;) yield gzipSync('one\n'.repeat(1_000));
    } finally {
      letGo.resolve();
    }
  }
  for await (const piece of inflated(endless(), 0)) if (piece.length > 0) break;
  await letGo.promise;
});

it('a small file that holds more than can be passed over is refused, not read for ever', {
  timeout: 60_000,
}, async () => {
  const mebibytes = gzipSync(Buffer.alloc(64 * 1024 * 1024));
  async function* bomb(): AsyncGenerator<Buffer> {
    for (let member = 0; member <= 16; member++) yield mebibytes;
  }
  const read = async () => {
    for await (const piece of inflated(bomb(), Number.MAX_SAFE_INTEGER)) expect(piece.length).toBe(0);
  };
  expect(await read().catch(codeOf)).toBe('request_too_large');
});
