import { gzipSync } from 'node:zlib';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../functions/ingest/continue-import.ts';
import type { Import } from '../../shared/contracts/ingress.ts';
import { importKey } from '../../shared/store/keys.ts';
import { createTestClock } from '../support/api-clock.ts';
import { aroundCalls } from '../support/api-faults.ts';
import { emailMessage, newEmail, newTelephone, smsMessage } from '../support/api-requests.ts';
import { ORGANIZATION, USER } from '../support/api-seed.ts';
import { type Ingest, type IngestSetting, importAll, startIngest } from './setting.ts';

let setting: IngestSetting;
let ingest: Ingest;
beforeAll(async () => {
  setting = await startIngest();
  ingest = setting.createIngest();
});
afterAll(() => setting?.stop());

// biome-ignore lint/suspicious/noExplicitAny: rows are what somebody may upload, wrong ones too
type Json = any;

const rowFor = (email: string, overrides: Json = {}): Json => ({
  contact: { profile: { email } },
  messages: [emailMessage()],
  ...overrides,
});
const newRow = (overrides: Json = {}): Json => rowFor(newEmail(), overrides);
const ndjson = (rows: readonly Json[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const conversationOf = async (id: string): Promise<Json> =>
  (await ingest.api.get(`/v2/conversations/${id}?populate=messages`)).body;
const textsOf = async (id: string): Promise<string[]> =>
  (await conversationOf(id)).messages.map(({ text }: Json) => text);

/** Lets an invocation begin this many rows. */
const timeFor = (rows: number) => {
  let left = rows;
  return { remainingMs: () => left-- };
};
const fromOf = ({ import: { from } }: { import: Import }): number => from;

describe('an upload of NDJSON', () => {
  it('starts what its rows ask for, and has a result for each', async () => {
    const known = newEmail();
    await ingest.api.post('/v2/conversations', {
      type: 'contact',
      organization: ORGANIZATION.shop,
      ...rowFor(known),
    });
    const rows = [newRow(), rowFor(known), { messages: [emailMessage()] }, newRow({ type: null, organization: null })];
    const upload = await setting.upload(`${ndjson(rows)}{"contact":\n\n  \r\n${ndjson([newRow()])}`);
    await importAll(ingest, upload);
    const { rows: results, summary } = await setting.results(upload);
    const accepted = { conversation: expect.any(String), contact: expect.any(String), messages: [expect.any(String)] };
    expect(results).toEqual([
      { row: 1, status: 'created', ...accepted },
      { row: 2, status: 'appended', ...accepted },
      { row: 3, status: 'refused', error: expect.objectContaining({ code: 'invalid_request' }) },
      { row: 4, status: 'created', ...accepted },
      { row: 5, status: 'refused', error: expect.objectContaining({ code: 'malformed_json' }) },
      { row: 8, status: 'created', ...accepted },
    ]);
    expect(summary).toMatchObject({
      key: upload.import.key,
      etag: upload.import.etag,
      rows: 6,
      created: 3,
      appended: 1,
      repeated: 0,
      refused: 2,
      parts: ['part-00001.ndjson'],
    });
    expect(await conversationOf(results[0].conversation)).toMatchObject({
      organization: ORGANIZATION.shop,
      createdBy: USER.shopBot,
      messages: [{ text: 'Hey there!', user: USER.shopBot }],
    });
  });

  it('asks for the people of many rows at once', async () => {
    const counted = setting.createIngest();
    let reads = 0;
    aroundCalls(counted.api.documents, async ({ command }, proceed) => {
      if (command.startsWith('BatchGet')) reads += 1;
      return proceed();
    });
    const upload = await setting.upload(ndjson(Array.from({ length: 25 }, () => newRow())));
    await importAll(counted, upload);
    expect((await setting.results(upload)).summary).toMatchObject({ created: 25 });
    expect(reads).toBeLessThan(10);
  });

  it('keeps the order of the file for one person', async () => {
    const profile = { email: newEmail(), telephone: newTelephone() };
    const rows = Array.from({ length: 30 }, (_, index) => ({
      contact: { profile },
      messages: [index % 2 === 0 ? emailMessage(`${index}`) : smsMessage(`${index}`)],
    }));
    const upload = await setting.upload(ndjson(rows));
    await importAll(ingest, upload);
    const { rows: results } = await setting.results(upload);
    expect(await textsOf(results[0].conversation)).toEqual(rows.map((_, index) => `${index}`));
  });

  it('goes on where it stopped when an invocation has no more time, in a part of the results for each', async () => {
    const upload = await setting.upload(ndjson(Array.from({ length: 7 }, () => newRow())));
    await ingest.receive(upload, timeFor(3));
    expect(ingest.rest.map(fromOf)).toEqual([3]);
    await ingest.receive(ingest.rest.shift(), timeFor(3));
    expect((await setting.results(upload)).summary).toBeUndefined();
    await importAll(ingest, ingest.rest.shift() as { import: Import });
    const { rows, summary } = await setting.results(upload);
    expect(rows.map(({ row }) => row)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(summary).toMatchObject({
      created: 7,
      parts: ['part-00001.ndjson', 'part-00002.ndjson', 'part-00003.ndjson'],
    });
  });

  it('is summed up when its progress is noted, and not before: a repetition may do its last rows otherwise', async () => {
    const upload = await setting.upload(ndjson([newRow(), newRow()]));
    await ingest.receive(upload);
    const { rows, summary } = await setting.results(upload);
    expect([rows.length, summary]).toEqual([2, undefined]);
    await importAll(ingest, ingest.rest.shift() as { import: Import });
    expect((await setting.results(upload)).summary).toMatchObject({ created: 2 });
  });

  it('asks for its rest by where it lies, without a word of what it holds', async () => {
    const email = newEmail();
    const upload = await setting.upload(ndjson([rowFor(email), newRow()]));
    await ingest.receive(upload, timeFor(1));
    const [rest] = ingest.rest.splice(0);
    expect(rest).toEqual({ import: { ...upload.import, from: 1 } });
  });

  it('of the same content in the same place is the same import, also when S3 tells of it twice', async () => {
    const body = ndjson([newRow(), newRow()]);
    const upload = await setting.upload(body, 'again.ndjson');
    await importAll(ingest, upload);
    const before = await setting.results(upload);
    await importAll(ingest, await setting.upload(body, 'again.ndjson'));
    expect(await setting.results(upload)).toEqual(before);
    expect(await textsOf(before.rows[0].conversation)).toHaveLength(1);
  });

  it('that was changed in its place is not read on: the import of what was there says so', async () => {
    const upload = await setting.upload(ndjson([newRow(), newRow()]), 'changed.ndjson');
    await ingest.receive(upload, timeFor(1));
    await setting.upload(ndjson([newRow()]), 'changed.ndjson');
    await importAll(ingest, ingest.rest.shift() as { import: Import });
    const { rows, summary } = await setting.results(upload);
    expect(rows.map(({ row, status }) => [row, status])).toEqual([[1, 'created']]);
    expect(summary).toMatchObject({ rows: 1, error: { code: 'not_found' } });
  });

  it('reads a line up to 256 KB, and refuses a longer one alone', async () => {
    const long = (bytes: number) => `{"contact":"${'x'.repeat(bytes - 14)}"}\n`;
    const upload = await setting.upload(`${long(256 * 1024)}${long(256 * 1024 + 1)}${ndjson([newRow()])}`);
    await importAll(ingest, upload);
    const { rows } = await setting.results(upload);
    expect(rows.map(({ error }) => error?.code)).toEqual(['invalid_request', 'request_too_large', undefined]);
  });
});

describe('a compressed upload', () => {
  const csv = (emails: readonly string[]) =>
    `email,text,touchpoint\n${emails.map((email) => `${email},Hé,email\n`).join('')}`;

  it.for([
    ['NDJSON', 'ndjson.gz', (emails: readonly string[]) => ndjson(emails.map((email) => rowFor(email)))],
    ['CSV', 'CSV.GZ', csv],
  ] as const)('of %s is one like any other, and goes on where it stopped', async ([, ending, write]) => {
    const emails = Array.from({ length: 5 }, newEmail);
    const upload = await setting.upload(gzipSync(write(emails)), `${crypto.randomUUID()}.${ending}`);
    await ingest.receive(upload, timeFor(2));
    await importAll(ingest, ingest.rest.shift() as { import: Import }, timeFor(20));
    const { rows, summary } = await setting.results(upload);
    expect(rows.map(({ row, status }) => [row, status])).toEqual([1, 2, 3, 4, 5].map((row) => [row, 'created']));
    expect(summary).toMatchObject({ created: 5, parts: ['part-00001.ndjson', 'part-00002.ndjson'] });
  });

  it('that was cut off is refused behind the rows that could be read', async () => {
    const bytes = gzipSync(ndjson(Array.from({ length: 2_000 }, () => ({ messages: [], id: crypto.randomUUID() }))));
    const upload = await setting.upload(bytes.subarray(0, -20), 'cut.ndjson.gz');
    await importAll(ingest, upload);
    const { rows, summary } = await setting.results(upload);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.map(({ row }) => row)).toEqual(rows.map((_, index) => index + 1));
    expect(summary).toMatchObject({ error: { code: 'invalid_request', message: expect.stringContaining('gzip') } });
  });
});

describe('a row', () => {
  it('with a clientId has its effect once in all uploads of the organization', async () => {
    const row = newRow({ clientId: 'order 7' });
    const first = await setting.upload(ndjson([row, newRow()]));
    await importAll(ingest, first);
    const second = await setting.upload(ndjson([newRow(), row]));
    await importAll(ingest, second);
    const { rows } = await setting.results(second);
    expect(rows).toMatchObject([
      { row: 1, status: 'created' },
      { row: 2, status: 'repeated' },
    ]);
    expect(rows[1]?.conversation).toBe((await setting.results(first)).rows[0].conversation);

    const other = await setting.upload(ndjson([newRow({ clientId: 'order 7' })]));
    await importAll(ingest, other);
    expect((await setting.results(other)).rows).toMatchObject([{ error: { code: 'idempotency_key_reused' } }]);
  });

  it('of an organization that is not below the upload’s own is refused like one of an unknown organization', async () => {
    const upload = await setting.upload(
      ndjson([
        newRow({ organization: ORGANIZATION.other }),
        newRow({ organization: ORGANIZATION.root }),
        newRow({ organization: 'ffffffffffffffffffffffff' }),
      ]),
    );
    await importAll(ingest, upload);
    const errors = (await setting.results(upload)).rows.map(({ error }) => error);
    expect(errors).toEqual(Array.from({ length: 3 }, () => ({ ...errors[0], code: 'not_found' })));
  });
});

describe('an upload that cannot be read', () => {
  it.for<[what: string, name: string, organization: string, code: string, where: string]>([
    ['is of another kind', 'people.xlsx', ORGANIZATION.shop, 'invalid_request', 'key'],
    ['is for nobody', 'people.csv', 'shop', 'invalid_request', 'key'],
    ['is for an unknown organization', 'people.csv', 'ffffffffffffffffffffffff', 'not_found', 'Organization'],
    ['is for an organization without a user for it', 'people.csv', ORGANIZATION.bare, 'invalid_request', 'ingestUser'],
    ['has a column that means nothing', 'people.csv', ORGANIZATION.shop, 'invalid_request', 'colour'],
  ])('because it %s says so in its summary', async ([, name, organization, code, where]) => {
    const upload = await setting.upload('email,colour\na@example.com,red\n', name, organization);
    await importAll(ingest, upload);
    const { rows, summary } = await setting.results(upload);
    expect(rows).toEqual([]);
    expect(summary).toMatchObject({ rows: 0, parts: [], error: { code, message: expect.stringContaining(where) } });
  });

  it('because it is gone says so in its summary', async () => {
    const upload = await setting.upload(ndjson([newRow()]));
    await setting.objects.send(new DeleteObjectCommand({ Bucket: upload.import.bucket, Key: upload.import.key }));
    await importAll(ingest, upload);
    expect((await setting.results(upload)).summary).toMatchObject({ error: { code: 'not_found' } });
  });
});

describe('an upload that comes more than once', () => {
  it('is left alone by messages for what is done already, and waits for what is not', async () => {
    const upload = await setting.upload(ndjson([newRow(), newRow(), newRow()]));
    await ingest.receive(upload, timeFor(2));
    const [rest] = ingest.rest.splice(0) as [{ import: Import }];
    await ingest.receive(upload);
    expect(ingest.rest).toEqual([]);
    await expect(ingest.receive({ import: { ...upload.import, from: 3 } })).rejects.toThrow('not done yet');
    await importAll(ingest, rest);
    await ingest.receive(rest);
    expect(ingest.rest).toEqual([]);
    expect((await setting.results(upload)).rows.map(({ row }) => row)).toEqual([1, 2, 3]);
  });

  it('is taken by one at a time, and by the next when the lease of the first is over', async () => {
    const clock = createTestClock();
    const upload = await setting.upload(ndjson([newRow()]));
    const hangs = setting.createIngest({
      clock,
      parts: { leaseMs: 30_500, objects: { read: () => new Promise(() => {}), write: async () => {} } },
    });
    void hangs.receive(upload);
    const other = setting.createIngest({ clock, parts: { leaseMs: 30_500 } });
    const { pk: lease } = importKey(digestOf(upload.import));
    await expect.poll(async () => (await setting.world.items()).some(({ pk }) => pk === lease)).toBe(true);
    await expect(other.receive(upload)).rejects.toThrow('Somebody else is at work');
    clock.advance(30_500);
    await importAll(other, upload);
    expect((await setting.results(upload)).summary).toMatchObject({ created: 1 });
  });
});

describe('a fault of ours', () => {
  const faultyFor = (isBad: (input: string) => boolean) => {
    const faulty = setting.createIngest();
    aroundCalls(faulty.api.documents, async ({ command, input }, proceed) => {
      if (command.startsWith('TransactWrite') && isBad(JSON.stringify(input))) throw new Error('no answer');
      return proceed();
    });
    return faulty;
  };

  it('in one row brings the message back; from the fourth time on the row is refused and the others go on', async () => {
    const rows = [newRow(), newRow({ messages: [emailMessage('bad row')] }), newRow()];
    const upload = await setting.upload(ndjson(rows));
    const faulty = faultyFor((input) => input.includes('bad row'));
    for (const times of [1, 2, 3]) await expect(faulty.receive(upload, { times })).rejects.toThrow('no answer');
    expect(await setting.results(upload)).toEqual({ rows: [], summary: undefined });
    await importAll(faulty, upload, { times: 4 });
    const { rows: results } = await setting.results(upload);
    expect(results).toMatchObject([
      { row: 1, status: 'created' },
      { row: 2, status: 'refused', error: { code: 'internal_error' } },
      { row: 3, status: 'created' },
    ]);
    expect(await textsOf(results[0].conversation)).toHaveLength(1);
  });

  it('in many rows is none of theirs: no row is refused for it however often it was tried', async () => {
    const upload = await setting.upload(ndjson(Array.from({ length: 30 }, () => newRow())));
    await expect(faultyFor(() => true).receive(upload, { times: 5 })).rejects.toThrow('no answer');
    expect(await setting.results(upload)).toEqual({ rows: [], summary: undefined });
    await importAll(ingest, upload);
    expect((await setting.results(upload)).summary).toMatchObject({ created: 30, refused: 0 });
  });
});
