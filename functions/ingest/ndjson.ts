import { RequestError } from '../../shared/domain/errors.ts';
import type { Row, RowsFrom } from './row.ts';

const NEWLINE = 10;
/** As `api` takes at most. */
const LONGEST_BYTES = 256 * 1024;

/** The lines of a file of JSON values, one on each; `body` begins at `from`. Lines without a value count, and are no rows. */
export async function* ndjsonRows(body: AsyncIterable<Buffer>, from: RowsFrom): AsyncGenerator<Row> {
  let number = from.row;
  for await (const { bytes, end } of splitLines(body, from.offset)) {
    number += 1;
    if (bytes?.every(isBlank)) continue;
    yield { number, end, json: () => valueIn(bytes) };
  }
}

const isBlank = (byte: number): boolean => byte === 32 || byte === 9 || byte === 13;

function valueIn(bytes: Buffer | undefined): unknown {
  if (bytes === undefined) throw new RequestError('request_too_large', `The line is over ${LONGEST_BYTES} bytes.`);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new RequestError('malformed_json', 'The line is not valid JSON.', [
      { path: '', message: 'is not valid JSON' },
    ]);
  }
}

/** Lines without their ends; of one that is too long, nothing is kept. */
async function* splitLines(
  body: AsyncIterable<Buffer>,
  offset: number,
): AsyncGenerator<{ bytes: Buffer | undefined; end: number }> {
  let held: Buffer[] = [];
  let length = 0;
  let read = offset;
  const hold = (piece: Buffer) => {
    length += piece.length;
    if (length <= LONGEST_BYTES) held.push(piece);
    else held = [];
  };
  const take = () => {
    const bytes = length <= LONGEST_BYTES ? Buffer.concat(held) : undefined;
    held = [];
    length = 0;
    return bytes;
  };
  for await (const chunk of body) {
    let begin = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, begin)) {
      hold(chunk.subarray(begin, at));
      begin = at + 1;
      yield { bytes: take(), end: read + begin };
    }
    hold(chunk.subarray(begin));
    read += chunk.length;
  }
  if (length > 0) yield { bytes: take(), end: read };
}
