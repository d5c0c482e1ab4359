import { describe, expect, it } from 'vitest';
import { csvRows, readHeader } from '../../functions/ingest/csv.ts';
import { STARTS } from '../../functions/ingest/csv-columns.ts';
import type { Row } from '../../functions/ingest/row.ts';
import { StartConversationSchema } from '../../shared/contracts/conversation-request.ts';
import { RequestError } from '../../shared/domain/errors.ts';
import { ORGANIZATION } from '../support/api-seed.ts';

/** The bytes of a file as they come from S3: in pieces that end anywhere. */
async function* piecesOf(bytes: Buffer, length = 3): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

/** What the rows of a file say, or why not. */
const read = (row: Row): unknown => {
  try {
    return row.json();
  } catch (error) {
    return error instanceof RequestError ? error.message : error;
  }
};

async function rowsOf(file: string | Buffer, from?: { offset: number; row: number }): Promise<Row[]> {
  const bytes = Buffer.from(file);
  const header = await readHeader(piecesOf(bytes), STARTS);
  const begin = from ?? { offset: header.end, row: 0 };
  return Array.fromAsync(csvRows(piecesOf(bytes.subarray(begin.offset)), header, begin));
}
const bodiesOf = async (file: string | Buffer): Promise<unknown[]> => (await rowsOf(file)).map(read);
const profilesOf = async (file: string | Buffer) =>
  (await bodiesOf(file)).map((body) => (body as { contact: { profile: unknown } }).contact.profile);

describe('a row of a CSV file', () => {
  it('is a body of a start: one message of an agent, with what its cells say', async () => {
    const file = [
      'name,Email,telephone,text,touchpoints,delay,template,parameters,tags,clientId,meta.order,conversation.meta.source',
      'Ana,ana@example.com,+31646280994,Hello!,whatsapp|sms,60000,welcome,Ana | 10:00,new|vip,row-1,A-7,fair',
    ].join('\n');
    const [body] = await bodiesOf(file);
    expect(body).toEqual({
      clientId: 'row-1',
      tags: ['new', 'vip'],
      meta: { source: 'fair' },
      contact: { profile: { name: 'Ana', email: 'ana@example.com', telephone: '+31646280994' } },
      messages: [
        {
          role: 'agent',
          text: 'Hello!',
          touchpoints: ['whatsapp', 'sms'],
          delay: 60_000,
          meta: { template: 'welcome', parameters: ['Ana', '10:00'], order: 'A-7' },
        },
      ],
    });
    const whole = { type: 'contact', organization: ORGANIZATION.shop, ...(body as object) };
    expect(StartConversationSchema.safeParse(whole).success).toBe(true);
  });

  it('says nothing by an empty cell', async () => {
    expect(await bodiesOf('email,name,template,meta.a\nana@example.com,, ,\n')).toEqual([
      { meta: {}, contact: { profile: { email: 'ana@example.com' } }, messages: [{ role: 'agent', meta: {} }] },
    ]);
  });

  it.for([
    ['commas', ','],
    ['semicolons, as many spreadsheets have it', ';'],
    ['tabs', '\t'],
  ])('has its cells apart by %s', async ([, delimiter]) => {
    const file = [`email`, `name`]
      .join(delimiter)
      .concat('\n', ['ana@example.com', '"Silva; Ana, \t"'].join(delimiter));
    expect(await profilesOf(file)).toEqual([{ email: 'ana@example.com', name: 'Silva; Ana,' }]);
  });

  it('may have quotes, line ends and a mark of byte order as spreadsheets write them', async () => {
    const file = '\ufeffemail,text\r\n"ana@example.com","Two\r\nlines, ""quoted"""\r\n\r\nbob@example.com,5" pipe\r\n';
    expect(await bodiesOf(file)).toMatchObject([
      { contact: { profile: { email: 'ana@example.com' } }, messages: [{ text: 'Two\r\nlines, "quoted"' }] },
      { contact: { profile: { email: 'bob@example.com' } }, messages: [{ text: '5" pipe' }] },
    ]);
  });

  it('with too few or too many cells is refused alone', async () => {
    expect(await bodiesOf('email,text\nana@example.com\nbob@example.com,Hi,more\ncy@example.com,Hi\n')).toEqual([
      'The row has 1 cells, and there are 2 columns.',
      'The row has 3 cells, and there are 2 columns.',
      expect.objectContaining({ contact: { profile: { email: 'cy@example.com' } } }),
    ]);
  });

  it('that is not UTF-8 is refused alone, not sent with broken characters', async () => {
    const file = Buffer.concat([
      Buffer.from('email,name\na@example.com,Jos'),
      Buffer.from([0xe9]),
      Buffer.from('\nb@example.com,José\n'),
    ]);
    expect(await bodiesOf(file)).toEqual([
      'The row is not UTF-8: save the file with that encoding.',
      expect.objectContaining({ contact: { profile: { email: 'b@example.com', name: 'José' } } }),
    ]);
  });

  it('ends where the next one begins, so that a reader may go on from any of them', async () => {
    const file = '\ufeffemail,text\r\nana@example.com,"é\r\nè"\r\n\r\nbob@example.com,Hi\r\ncy@example.com,Hi';
    const rows = await rowsOf(file);
    expect(rows.map(({ number }) => number)).toEqual([1, 2, 3]);
    for (const [index, { number, end }] of rows.entries()) {
      const rest = await rowsOf(file, { offset: end, row: number });
      expect(rest.map((row) => [row.number, row.end, read(row)])).toEqual(
        rows.slice(index + 1).map((row) => [row.number, row.end, read(row)]),
      );
    }
  });
});

describe('a CSV file', () => {
  it.for([
    ['with a column that means nothing', 'email,colour\n', 'colour'],
    ['with a column twice', 'email,text,Email\n', 'Email is the name of two columns'],
    ['that is empty', '', 'The file is empty'],
    ['with a nameless column', 'email,\n', 'is not the name of a column'],
  ] as const)('%s is refused as a whole', async ([, file, words]) => {
    await expect(rowsOf(file)).rejects.toThrow(words);
  });

  it.for([
    ['to its end', 'x'.repeat(1_000)],
    ['further than a row may be long', 'x'.repeat(300_000)],
  ] as const)(
    'with a quote that is never closed, %s, is refused from there on, and the rows before are not',
    async ([, rest]) => {
      const rows: Row[] = [];
      const reading = async () => {
        const bytes = Buffer.from(`email,text\nana@example.com,Hi\nbob@example.com,"Hi\n${rest}`);
        const header = await readHeader(piecesOf(bytes, 1_000), STARTS);
        const body = piecesOf(bytes.subarray(header.end), 1_000);
        for await (const row of csvRows(body, header, { offset: header.end, row: 0 })) rows.push(row);
      };
      await expect(reading()).rejects.toThrow('cannot be read behind row 1');
      expect(rows).toHaveLength(1);
    },
  );

  it('that breaks off while it is read breaks off the rows, as a fault that is not the sender’s', async () => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield Buffer.from('ana@example.com,Hi\n');
      throw new Error('the connection is gone');
    }
    const header = await readHeader(piecesOf(Buffer.from('email,text\n')), STARTS);
    await expect(Array.fromAsync(csvRows(broken(), header, { offset: 11, row: 0 }))).rejects.toThrow(
      'the connection is gone',
    );
  });

  it('is closed when its reader has enough of it', async () => {
    let closed = false;
    async function* endless(): AsyncGenerator<Buffer> {
      try {
        for (;;) yield Buffer.from('ana@example.com,Hi\n');
      } finally {
        closed = true;
      }
    }
    const header = await readHeader(piecesOf(Buffer.from('email,text\n')), STARTS);
    for await (const { number } of csvRows(endless(), header, { offset: 11, row: 0 })) if (number === 100) break;
    await expect.poll(() => closed).toBe(true);
  });
});
