import { describe, expect, it } from 'vitest';
import { csvRows, readHeader } from '../../functions/ingest/csv.ts';
import { describeEndpoint } from '../../functions/ingest/pinpoint/describe-endpoint.ts';
import { describePerson } from '../../functions/ingest/pinpoint/describe-person.ts';
import { EndpointSchema, readEndpoint } from '../../functions/ingest/pinpoint/endpoint.ts';
import { ENDPOINTS } from '../../functions/ingest/pinpoint/endpoint-columns.ts';
import { readUploadName } from '../../functions/ingest/upload-name.ts';
import { RequestError } from '../../shared/domain/errors.ts';

// biome-ignore lint/suspicious/noExplicitAny: endpoints as somebody may have exported them
type Json = any;

/** As `CreateExportJob` writes them. */
const exported = (overrides: Json = {}): Json => ({
  ApplicationId: '4fbd5b9d2c1d4e6f8a0b1c2d3e4f5a6b',
  Id: 'example-endpoint-1',
  Address: 'wang.xiulan@example.com',
  ChannelType: 'EMAIL',
  CohortId: '17',
  CreationDate: '2024-03-01T10:00:00.000Z',
  EffectiveDate: '2026-05-21T18:14:08.120Z',
  EndpointStatus: 'ACTIVE',
  OptOut: 'NONE',
  RequestId: 'b2a1c3d4-0000-1111-2222-333344445555',
  Attributes: { Interests: ['Science', 'Music'], Plan: ['gold'] },
  Metrics: { visits: 12.0 },
  Demographic: { Platform: 'iOS', Locale: 'en_US', Timezone: 'America/Los_Angeles' },
  Location: { City: 'Seattle', Country: 'US', PostalCode: '98121', Region: 'WA', Latitude: 47.6, Longitude: -122.3 },
  User: { UserId: 'user-7', UserAttributes: { FirstName: ['Xiulan'], LastName: ['Wang'], Plan: ['platinum'] } },
  ...overrides,
});
const read = (endpoint: Json) => EndpointSchema.parse(endpoint);
const pathOf = (endpoint: Json): unknown => {
  try {
    return describeEndpoint(read(endpoint));
  } catch (error) {
    return error instanceof RequestError ? error.details[0]?.path : error;
  }
};

describe('an endpoint of Pinpoint', () => {
  it('is an address, and what its person is called and like', () => {
    const endpoint = read(exported());
    expect(describeEndpoint(endpoint)).toEqual({
      address: { kind: 'email', address: 'wang.xiulan@example.com', matchKey: 'wang.xiulan@example.com' },
      isActive: true,
      optedOut: [],
      changedAt: Date.parse('2026-05-21T18:14:08.120Z'),
    });
    expect(describePerson(endpoint)).toEqual({
      profile: {
        givenName: 'Xiulan',
        familyName: 'Wang',
        locale: 'en-US',
        timeZone: 'America/Los_Angeles',
        address: { city: 'Seattle', country: 'US', postalCode: '98121', region: 'WA' },
      },
      meta: { Interests: ['Science', 'Music'], Plan: 'platinum', visits: 12, pinpointUserId: 'user-7' },
      leftOut: [],
    });
  });

  it('may say nothing but channel and address', () => {
    const endpoint = read({ ChannelType: 'SMS', Address: '+31 6 46280994', User: null, Attributes: null, OptOut: '' });
    expect(describeEndpoint(endpoint)).toEqual({
      address: { kind: 'telephone', address: '+31646280994', matchKey: '+31646280994' },
      isActive: true,
      optedOut: [],
    });
    expect(describePerson(endpoint)).toEqual({ profile: {}, meta: {}, leftOut: [] });
  });

  it.for([
    ['EMAIL', 'ana@example.com', ['email']],
    ['SMS', '+31646280994', ['sms', 'whatsapp']],
    ['VOICE', '+31646280994', ['sms', 'whatsapp']],
  ] as const)('of %s that is opted out wants nothing at its address', ([ChannelType, Address, optedOut]) => {
    expect(pathOf(exported({ ChannelType, Address, OptOut: 'ALL' }))).toMatchObject({ optedOut });
    expect(pathOf(exported({ ChannelType, Address, OptOut: undefined }))).toMatchObject({ optedOut: [] });
  });

  it.for([
    ['is of push', { ChannelType: 'GCM', Address: '4d5e6f1a2b3c' }, 'ChannelType'],
    ['is of apps', { ChannelType: 'IN_APP' }, 'ChannelType'],
    ['is a custom one', { ChannelType: 'CUSTOM' }, 'ChannelType'],
    ['has no channel', { ChannelType: null }, 'ChannelType'],
    ['has no address', { Address: ' ' }, 'Address'],
    ['has a telephone without country code', { ChannelType: 'SMS', Address: '0646280994' }, 'Address'],
    ['has a telephone that is none', { ChannelType: 'VOICE', Address: '+15550001111' }, 'Address'],
    ['has an email that is none', { Address: 'ana@' }, 'Address'],
    ['says neither ALL nor NONE', { OptOut: 'SOME' }, 'OptOut'],
  ])('that %s is refused', ([, overrides, path]) => {
    expect(pathOf(exported(overrides as Json))).toBe(path);
  });

  it.for([
    ['a channel that is a list', { ChannelType: ['EMAIL'] }, 'ChannelType'],
    ['an address that is an object', { Address: {} }, 'Address'],
    ['a consent that is a boolean', { OptOut: true, Attributes: 'oops' }, 'OptOut'],
  ])('with %s is refused: nobody knows whose it is, or what they want', ([, overrides, path]) => {
    expect(() => readEndpoint(exported(overrides as object))).toThrow(path as string);
  });

  it.for([
    ['a text', 'text'],
    ['a number', 7],
    ['nothing', null],
    ['a list', []],
  ])('that is %s is refused', ([, json]) => {
    expect(() => readEndpoint(json)).toThrow(expect.objectContaining({ status: 400 }));
  });

  it('has a state that Pinpoint gave it: all but ACTIVE get nothing', () => {
    expect(pathOf(exported({ EndpointStatus: 'INACTIVE' }))).toMatchObject({ isActive: false });
    expect(pathOf(exported({ EndpointStatus: undefined }))).toMatchObject({ isActive: true });
  });

  it('names what a contact cannot have so, and comes without it', () => {
    const endpoint = exported({
      Demographic: { Timezone: 'Mars/Olympus', Locale: 'x'.repeat(40) },
      Location: { City: 'x'.repeat(600) },
      Attributes: { long: ['x'.repeat(5_000)], half: ['\ud800'], '': ['nameless'], deep: [{ a: 1 }] },
      Metrics: { huge: 1e300, visits: 3 },
      User: { UserAttributes: { 'first name': [''], Name: ['Ana Silva'] } },
    });
    expect(describePerson(read(endpoint))).toEqual({
      profile: { name: 'Ana Silva' },
      meta: { visits: 3 },
      leftOut: [
        'User.UserAttributes.first name',
        'Demographic.Locale',
        'Demographic.Timezone',
        'Location',
        'Metrics.huge',
        'Attributes.long',
        'Attributes.half',
        'Attributes.',
        'Attributes.deep',
      ],
    });
  });

  it('comes without all attributes when they are more than a contact may have', () => {
    const Attributes = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`a${index}`, ['x'.repeat(2_000)]]));
    const { meta, leftOut } = describePerson(read(exported({ Attributes })));
    expect(meta).toEqual({});
    expect(leftOut).toContain('Attributes.a39');
  });
});

describe('a segment file of CSV', () => {
  async function* piece(text: string): AsyncGenerator<Buffer> {
    yield Buffer.from(text);
  }
  const rowsOf = async (file: string): Promise<Json[]> => {
    const header = await readHeader(piece(file), ENDPOINTS);
    const rows = csvRows(piece(file.slice(header.end)), header, { offset: header.end, row: 0 });
    return (await Array.fromAsync(rows)).map((row) => row.json());
  };

  it('has endpoints as the user guide shows them, with several columns of a name for several values', async () => {
    const file = [
      'ChannelType,address,Location.Country,Demographic.Make,User.UserId,User.UserAttributes.toString,User.UserAttributes.toString,Attributes.__proto__,Metrics.visits,OptOut',
      'EMAIL,john.stiles@example.com,US,Apple,example-user-id-2,a,b,p,3,ALL',
      'SMS,+16045550182,,,,,,,,',
    ].join('\n');
    const [first, second] = await rowsOf(file);
    expect(JSON.parse(JSON.stringify(first))).toEqual({
      ChannelType: 'EMAIL',
      Address: 'john.stiles@example.com',
      Location: { Country: 'US' },
      Demographic: { Make: 'Apple' },
      User: { UserId: 'example-user-id-2', UserAttributes: { toString: ['a', 'b'] } },
      Attributes: JSON.parse('{"__proto__":["p"]}'),
      Metrics: { visits: [3] },
      OptOut: 'ALL',
    });
    expect(JSON.parse(JSON.stringify(second))).toEqual({ ChannelType: 'SMS', Address: '+16045550182' });
    expect(describePerson(read(first)).meta).toEqual({
      toString: ['a', 'b'],
      visits: 3,
      pinpointUserId: 'example-user-id-2',
    });
  });

  it.for([
    ['that means nothing', 'ChannelType,Adress\n', 'Adress'],
    ['twice', 'Address,address\n', 'address'],
    ['of attributes without a name', 'Address,Attributes.\n', 'Attributes.'],
  ])('with a column %s is refused', async ([, file, where]) => {
    await expect(readHeader(piece(file as string), ENDPOINTS)).rejects.toThrow(where as string);
  });
});

describe('the name of an upload', () => {
  const organization = '6663a1f684ba342816c4b7c4';
  it.for<[string, object | undefined]>([
    ['people.csv', { kind: 'csv', isCompressed: false }],
    ['2026/people.JSONL.gz', { kind: 'ndjson', isCompressed: true }],
    ['people.json', undefined],
    ['people.gz', undefined],
    ['pinpoint/app/part-00000.gz', { kind: 'ndjson', isCompressed: true, project: 'app' }],
    ['pinpoint/app/2026/10/part-00000.json.gz', { kind: 'ndjson', isCompressed: true, project: 'app' }],
    ['pinpoint/app/segment.json', { kind: 'ndjson', isCompressed: false, project: 'app' }],
    ['pinpoint/app/segment.csv.gz', { kind: 'csv', isCompressed: true, project: 'app' }],
    ['pinpoint/segment.csv', undefined],
    ['pinpoint/app/segment.xlsx', undefined],
    ['pinpoint/app/', undefined],
    ['old/pinpoint/app/segment.csv', { kind: 'csv', isCompressed: false }],
  ])('%s says what it holds', ([name, expected]) => {
    expect(readUploadName(`imports/${organization}/${name}`)).toEqual(expected && { organization, ...expected });
  });
});
