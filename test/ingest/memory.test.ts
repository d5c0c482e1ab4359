import { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createGzip } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { csvRows, readHeader } from '../../functions/ingest/csv.ts';
import { STARTS } from '../../functions/ingest/csv-columns.ts';
import { inflated } from '../../functions/ingest/inflate.ts';
import { ndjsonRows } from '../../functions/ingest/ndjson.ts';
import type { Row } from '../../functions/ingest/row.ts';
import { type IngestSetting, startIngest } from './setting.ts';

const ROWS = 300_000;
/** As S3's client hands them on. */
const PIECE_ROWS = 500;
const MAY_GROW_BYTES = 24 * 1024 * 1024;
const BEGINNING = { offset: 0, row: 0 };

let setting: IngestSetting;
beforeAll(async () => {
  setting = await startIngest();
});
afterAll(() => setting?.stop());

async function* file(line: (row: number) => string): AsyncGenerator<Buffer> {
  for (let row = 1; row <= ROWS; row += PIECE_ROWS) {
    yield Buffer.from(Array.from({ length: PIECE_ROWS }, (_, index) => line(row + index)).join(''));
  }
}

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');
const bytesHeld = (): number => {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

it.each([
  [
    'NDJSON',
    async () =>
      ndjsonRows(
        file((row) => `{"contact":{"profile":{"email":"row${row}@example.com"}}}\n`),
        BEGINNING,
      ),
  ],
  [
    'compressed NDJSON',
    async () => {
      const lines = file((row) => `{"ChannelType":"EMAIL","Address":"row${row}@example.com"}\n`);
      return ndjsonRows(inflated(Readable.from(lines).pipe(createGzip()), 0), BEGINNING);
    },
  ],
  [
    'CSV',
    async () => {
      async function* header() {
        yield Buffer.from('email,text\n');
      }
      return csvRows(
        file((row) => `row${row}@example.com,"Hello, ${row}"\n`),
        await readHeader(header(), STARTS),
        BEGINNING,
      );
    },
  ],
])('rows of %s are read in the memory of a few, however many there are', { timeout: 120_000 }, async (_kind, open) => {
  const before = bytesHeld();
  let most = 0;
  let count = 0;
  for await (const { number } of (await open()) as AsyncGenerator<Row>) {
    count = number;
    if (count % 100_000 === 0) most = Math.max(most, bytesHeld() - before);
  }
  console.log(`at most ${Math.round(most / 1024)} KB more while ${count} rows were read`);
  expect(count).toBe(ROWS);
  expect(most).toBeLessThan(MAY_GROW_BYTES);
});

it('an invocation does no more rows than whose results it may hold, however much time it has', {
  timeout: 60_000,
}, async () => {
  const ingest = setting.createIngest();
  const upload = await setting.upload('{}\n'.repeat(10_001));
  await ingest.receive(upload);
  expect(ingest.rest.map(({ import: { from } }) => from)).toEqual([10_000]);
});
