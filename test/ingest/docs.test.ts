import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { csvRows, readHeader } from '../../functions/ingest/csv.ts';
import { COLUMNS, STARTS } from '../../functions/ingest/csv-columns.ts';
import { describeEndpoint } from '../../functions/ingest/pinpoint/describe-endpoint.ts';
import { describePerson } from '../../functions/ingest/pinpoint/describe-person.ts';
import { EndpointSchema } from '../../functions/ingest/pinpoint/endpoint.ts';
import { ENDPOINTS } from '../../functions/ingest/pinpoint/endpoint-columns.ts';
import { ENDPOINT_CONFLICTS } from '../../functions/ingest/prepared-row.ts';
import { StartConversationSchema } from '../../shared/contracts/conversation-request.ts';
import { StartRequestedSchema } from '../../shared/contracts/ingress.ts';
import { ORGANIZATION } from '../support/api-seed.ts';

const pageOf = (name: string): string => readFileSync(join(import.meta.dirname, '..', '..', 'docs', name), 'utf8');
const page = pageOf('events-in.md');

/** What stands between two marks, each time they do. */
const between = (begin: string, end: string): string[] =>
  page
    .split(begin)
    .slice(1)
    .map((rest) => rest.split(end)[0] ?? '');

it('docs/events-in.md names every column of CSV files, and none that is not known', () => {
  const [table = ''] = between('| columns | what they are |', '\n\n');
  const rows = table.split('\n').slice(2);
  const names = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name));
  const fixed = names.filter((name) => !name?.includes('<'));
  expect(fixed.map((name) => name?.toLowerCase()).sort()).toEqual([...COLUMNS.keys()].sort());
  expect(names.filter((name) => name?.includes('<'))).toEqual(['meta.<key>', 'conversation.meta.<key>']);
});

it('docs/events-in.md has an example of CSV whose row is a start', async () => {
  const [example = ''] = between('```csv\n', '```');
  async function* pieces() {
    yield Buffer.from(example);
  }
  const header = await readHeader(pieces(), STARTS);
  const rows = await Array.fromAsync(csvRows(pieces(), header, { offset: 0, row: 0 }));
  const [body] = rows.slice(1).map((row) => row.json());
  const whole = { type: 'contact', organization: ORGANIZATION.shop, ...(body as object) };
  expect(StartConversationSchema.safeParse(whole).error).toBeUndefined();
});

it('docs/events-in.md has examples whose requests are as the schema of requests says', () => {
  const asString = between('"Detail": ', '\n').map((text) => JSON.parse(text.startsWith('"') ? text : '""'));
  const messages = between("--message-body '", "'\n");
  const templates = between('"InputTemplate": ', '\n').map((text) => JSON.parse(text));
  const filled = templates.map((text) =>
    text.replace(/(?<!")<\w+>(?!\.| |")/g, '"value"').replace(/<[^>]+>/g, 'value'),
  );
  const requests = [...asString.filter((text) => text !== ''), ...messages, ...filled].map((text) => JSON.parse(text));
  const [machine = ''] = between('```json\n', '```');
  const { Detail } = JSON.parse(machine.replaceAll('.$"', '"')).TellTheCustomer.Parameters.Entries[0];
  expect(requests).toHaveLength(4);
  for (const request of [...requests, Detail]) expect(StartRequestedSchema.safeParse(request).error).toBeUndefined();
});

it('docs/pinpoint.md has an example of CSV whose rows are endpoints, and names what contacts have of them', async () => {
  const text = pageOf('pinpoint.md');
  const [example = ''] = text.split('```csv\n')[1]?.split('```') ?? [];
  async function* pieces() {
    yield Buffer.from(example);
  }
  const header = await readHeader(pieces(), ENDPOINTS);
  const rows = await Array.fromAsync(csvRows(pieces(), header, { offset: 0, row: 0 }));
  const endpoints = rows.slice(1).map((row) => EndpointSchema.parse(row.json()));
  expect(endpoints.map((endpoint) => describeEndpoint(endpoint).optedOut)).toEqual([['email'], []]);
  expect(endpoints.map((endpoint) => describePerson(endpoint))).toEqual([
    {
      profile: { givenName: 'John', address: { country: 'US' } },
      meta: { pinpointUserId: 'example-user-id-2' },
      leftOut: [],
    },
    {
      profile: { givenName: 'Ana', address: { country: 'CA' } },
      meta: { pinpointUserId: 'example-user-id-1' },
      leftOut: [],
    },
  ]);
  for (const conflict of ENDPOINT_CONFLICTS) expect(text).toContain(`| \`${conflict}\` |`);
});
