import { Readable } from 'node:stream';
import { CsvError, type Options, parse } from 'csv-parse';
import { RequestError } from '../../shared/domain/errors.ts';
import type { CsvKind } from './csv-kind.ts';
import type { Row, RowsFrom } from './row.ts';

/** The first line must fit. */
export const HEADER_BYTES = 64 * 1024;
const LONGEST_CHARACTERS = 256 * 1024;
const DELIMITERS = [',', ';', '\t'];

export interface CsvHeader {
  readonly kind: CsvKind;
  readonly columns: readonly string[];
  readonly delimiter: string;
  /** Where the rows begin. */
  readonly end: number;
}

interface Parsed {
  readonly record: readonly string[];
  /** Up to its end. */
  readonly bytes: number;
}

/** A stray quote belongs to its cell, and a row may have too few or too many: neither costs the rows after it. */
const optionsOf = (delimiter: string): Options => ({
  delimiter,
  record_delimiter: ['\r\n', '\n'],
  relax_quotes: true,
  relax_column_count: true,
  skip_empty_lines: true,
  max_record_size: LONGEST_CHARACTERS,
});

/** The columns of a file that begins so, by comma, semicolon or tab. Throws 400 for columns that mean nothing here. */
export async function readHeader(beginning: AsyncIterable<Buffer>, kind: CsvKind): Promise<CsvHeader> {
  const bytes = Buffer.concat(await Array.fromAsync(beginning));
  const delimiter = delimiterIn(bytes.toString('utf8').split('\n', 1)[0] ?? '');
  for await (const { record, bytes: length } of parsed(
    Readable.from([bytes]),
    { ...optionsOf(delimiter), bom: true },
    0,
  )) {
    const columns = record.map((name) => name.trim());
    kind.demandColumns(columns);
    return { kind, columns, delimiter, end: length };
  }
  throw new RequestError('invalid_request', 'The file is empty: its first line must name the columns.');
}

/** The one that is there most often. */
const delimiterIn = (line: string): string =>
  DELIMITERS.reduce((best, other) => (line.split(other).length > line.split(best).length ? other : best));

/** The rows of a file; `body` begins at `from`. Throws 400 where a quote that is never closed has swallowed the rest. */
export async function* csvRows(
  body: AsyncIterable<Buffer>,
  { kind, columns, delimiter }: CsvHeader,
  from: RowsFrom,
): AsyncGenerator<Row> {
  let number = from.row;
  for await (const { record, bytes: length } of parsed(body, optionsOf(delimiter), from.row)) {
    number += 1;
    yield { number, end: from.offset + length, json: () => kind.bodyOf(columns, record) };
  }
}

/**
 * What is parsed; `row` is the number of the row before. Throws 400, and no words of the file, for what cannot be: behind
 * all that could, which a stream of records would drop with its error.
 */
async function* parsed(body: AsyncIterable<Buffer>, options: Options, row: number): AsyncGenerator<Parsed> {
  const found: Parsed[] = [];
  const feed = createFeeder(options, (record) => found.push(record));
  let number = row;
  for await (const piece of withEnd(body)) {
    const failure = await feed(piece);
    for (const record of found.splice(0)) {
      number += 1;
      yield record;
    }
    if (failure) throw new RequestError('invalid_request', `The file cannot be read behind row ${number}: ${failure}.`);
  }
}

async function* withEnd(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer | undefined> {
  yield* body;
  yield undefined;
}

/** Hands on the records of each piece, the end being undefined. Answers the code of what is wrong with it. */
function createFeeder(options: Options, handOn: (record: Parsed) => unknown) {
  const parser = parse({
    ...options,
    on_record(record: string[], { bytes }) {
      handOn({ record, bytes });
      return null;
    },
  });
  // Whoever writes is told; without a listener Node would end the process.
  parser.on('error', () => {});
  return async (piece: Buffer | undefined): Promise<string | undefined> => {
    const done = Promise.withResolvers<Error | null | undefined>();
    if (piece) parser.write(piece, done.resolve);
    else parser.end(done.resolve);
    const error = await done.promise;
    if (!error) return undefined;
    if (error instanceof CsvError) return error.code;
    throw error;
  };
}
