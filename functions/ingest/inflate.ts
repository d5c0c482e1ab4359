import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { invalid, RequestError } from '../../shared/domain/errors.ts';

/** What every invocation can pass over again on its way to the rows that are left: gzip is read from its beginning. */
const LONGEST_BYTES = 1024 ** 3;

/**
 * What gzip holds from a byte of it on. Throws 400 where it is broken or cut off, behind all that could be read, and 413
 * where it goes on beyond 1 GiB.
 */
export async function* inflated(body: AsyncIterable<Buffer>, from: number): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: 64 * 1024 });
  // Whoever reads is told; a source that nobody reads on is no fault.
  void pipeline(Readable.from(body), gunzip).catch(() => {});
  let read = 0;
  try {
    for await (const piece of gunzip as AsyncIterable<Buffer>) {
      const begin = Math.max(0, from - read);
      read += piece.length;
      if (read > LONGEST_BYTES) throw tooLong();
      if (begin < piece.length) yield piece.subarray(begin);
    }
  } catch (error) {
    throw isBroken(error) ? invalid('key', 'is no whole gzip: it is broken, or was cut off') : error;
  }
}

const isBroken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^Z_(DATA|BUF)_ERROR$/.test(String(error.code));

const tooLong = (): RequestError =>
  new RequestError('request_too_large', `The file holds more than ${LONGEST_BYTES} bytes: split it.`);

/** The bytes of a stream up to and with the piece that makes them enough. */
export async function* beginningOf(body: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let read = 0;
  for await (const piece of body) {
    yield piece;
    read += piece.length;
    if (read >= bytes) return;
  }
}
