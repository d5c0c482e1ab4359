import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeConsent } from '../../shared/store/consent.ts';
import { aroundCalls } from '../support/api-faults.ts';
import { emailMessage, newEmail, newTelephone, smsMessage } from '../support/api-requests.ts';
import { ORGANIZATION, USER } from '../support/api-seed.ts';
import { type Ingest, type IngestSetting, importAll, startIngest, type UploadSummary } from './setting.ts';

let setting: IngestSetting;
let ingest: Ingest;
beforeAll(async () => {
  setting = await startIngest();
  ingest = setting.createIngest();
});
afterAll(() => setting?.stop());

// biome-ignore lint/suspicious/noExplicitAny: endpoints are what somebody may upload, wrong ones too
type Json = any;

const CHANGED = '2026-01-05T10:00:00.000Z';
const byEmail = (Address: string, overrides: Json = {}): Json => ({
  Id: `endpoint of ${Address}`,
  ChannelType: 'EMAIL',
  Address,
  EffectiveDate: CHANGED,
  EndpointStatus: 'ACTIVE',
  OptOut: 'NONE',
  ...overrides,
});
const bySms = (Address: string, overrides: Json = {}): Json => byEmail(Address, { ChannelType: 'SMS', ...overrides });
const ofUser = (UserId: string, UserAttributes: Json = {}): Json => ({ User: { UserId, UserAttributes } });

/** Takes endpoints in as an export of a project, a new file each time. */
async function take(
  endpoints: readonly Json[],
  project = crypto.randomUUID(),
): Promise<{ rows: Json[]; summary: UploadSummary | undefined }> {
  const lines = gzipSync(endpoints.map((endpoint) => `${JSON.stringify(endpoint)}\n`).join(''));
  const upload = await setting.upload(lines, `pinpoint/${project}/${crypto.randomUUID()}.gz`);
  await importAll(ingest, upload);
  return setting.results(upload);
}
const contactOf = async (id: string): Promise<Json> => (await ingest.api.get(`/v2/contacts/${id}`)).body;
const consentOf = async (id: string): Promise<Json> => (await ingest.api.get(`/v2/contacts/${id}/consent`)).body;
const startFor = (profile: Json, overrides: Json = {}): Json => ({
  organization: ORGANIZATION.shop,
  type: 'contact',
  contact: { profile },
  messages: [emailMessage()],
  ...overrides,
});
const createContact = async (profile: Json): Promise<string> =>
  (await ingest.api.post('/v2/contacts', { organization: ORGANIZATION.shop, profile })).body.id;
const tell = (matchKey: string, touchpoint: 'email' | 'sms', kind: 'stop' | 'start', at?: number) =>
  changeConsent(
    ingest.parts,
    { organization: ORGANIZATION.shop, touchpoint, matchKey },
    { kind, source: 'reply', reason: kind, ...(at !== undefined && { at }) },
  );

describe('an export of endpoints', () => {
  it('makes a contact of each address, to whom nothing is said, and has a result for each row', async () => {
    const [email, telephone] = [newEmail(), newTelephone()];
    const { rows, summary } = await take([
      byEmail(email, { Attributes: { Plan: ['gold'] }, Demographic: { Locale: 'nl_NL', Timezone: 'Mars' } }),
      bySms(telephone, { ChannelType: 'VOICE' }),
      byEmail('token', { ChannelType: 'APNS' }),
      byEmail(newEmail(), { EndpointStatus: 'INACTIVE' }),
      bySms('0612345678'),
      byEmail(email),
    ]);
    const named = { conversation: expect.any(String), contact: expect.any(String) };
    const refused = (path: string) => ({
      status: 'refused',
      error: expect.objectContaining({ code: 'invalid_request', details: [expect.objectContaining({ path })] }),
    });
    expect(rows).toEqual([
      { row: 1, status: 'created', ...named, leftOut: ['Demographic.Timezone'] },
      { row: 2, status: 'created', ...named },
      { row: 3, ...refused('ChannelType') },
      { row: 4, ...refused('EndpointStatus') },
      { row: 5, ...refused('Address') },
      { row: 6, status: 'found', conversation: rows[0].conversation, contact: rows[0].contact },
    ]);
    expect(summary).toMatchObject({ rows: 6, created: 2, found: 1, refused: 3, optedOut: 0, conflicts: 0 });
    expect(await contactOf(rows[0].contact)).toMatchObject({
      organization: ORGANIZATION.shop,
      profile: { email, locale: 'nl-NL' },
      meta: { Plan: 'gold' },
    });
    const { body } = await ingest.api.get(`/v2/conversations/${rows[1].conversation}?populate=messages`);
    expect(body).toMatchObject({ status: 'closed', messages: [] });
  });

  it('fills what a contact who is known lacks, and changes nothing that they have', async () => {
    const [email, telephone] = [newEmail(), newTelephone()];
    const id = await createContact({ email, telephone, name: 'Ana' });
    const attributes = { Name: ['Another'], FirstName: ['Ana'], Plan: ['gold'] };
    const { rows } = await take([byEmail(email, { User: { UserAttributes: attributes } }), bySms(telephone)]);
    expect(rows.map(({ status, contact }) => [status, contact])).toEqual([
      ['found', id],
      ['found', id],
    ]);
    const { profile, meta } = await contactOf(id);
    expect(profile).toEqual({ email, telephone, name: 'Ana', givenName: 'Ana' });
    expect(meta ?? {}).toEqual({});
  });

  it('writes nothing for endpoints that are there already', async () => {
    const endpoints = [byEmail(newEmail(), ofUser('u1')), bySms(newTelephone(), { OptOut: 'ALL', ...ofUser('u1') })];
    const project = crypto.randomUUID();
    const first = await take(endpoints, project);
    const itemsOf = async () =>
      new Map(
        (await setting.world.items())
          .filter(({ pk }) => !String(pk).startsWith('J#'))
          .map((item) => [`${item.pk} ${item.sk}`, item]),
      );
    const before = await itemsOf();
    const { rows } = await take(endpoints, project);
    expect(rows.map(({ status, contact }) => [status, contact])).toEqual(
      first.rows.map(({ contact }) => ['found', contact]),
    );
    expect(await itemsOf()).toEqual(before);
  });
});

describe('endpoints of one user', () => {
  it('are one contact, who is found by each of their addresses, the first of a kind being the one shown', async () => {
    const [email, second, telephone] = [newEmail(), newEmail(), newTelephone()];
    const project = crypto.randomUUID();
    const user = ofUser('user-1', { LastName: ['Silva'] });
    const { rows } = await take([byEmail(email, user), bySms(telephone, user), byEmail(newEmail())], project);
    const later = await take([byEmail(second, user)], project);
    const id = rows[0].contact;
    expect([...rows, ...later.rows].map(({ status, contact }) => [status, contact === id])).toEqual([
      ['created', true],
      ['found', true],
      ['created', false],
      ['found', true],
    ]);
    expect(await contactOf(id)).toMatchObject({
      profile: { email, telephone, familyName: 'Silva' },
      meta: { pinpointUserId: 'user-1' },
    });
    for (const profile of [{ email }, { email: second }, { telephone }]) {
      expect(await createContact(profile)).toBe(id);
    }
  });

  it('are one contact though their rows are done side by side in two files', async () => {
    const project = crypto.randomUUID();
    const addresses = Array.from({ length: 8 }, () => [byEmail(newEmail()), bySms(newTelephone())]).slice(0, 7);
    const files = [0, 1].map((side) => addresses.map((pair, index) => ({ ...pair[side], ...ofUser(`user-${index}`) })));
    const results = await Promise.all(
      files.map(async (file) => {
        const own = setting.createIngest();
        const lines = file.map((endpoint) => JSON.stringify(endpoint)).join('\n');
        const upload = await setting.upload(lines, `pinpoint/${project}/${crypto.randomUUID()}.json`);
        await importAll(own, upload);
        return (await setting.results(upload)).rows;
      }),
    );
    const [one = [], other = []] = results.map((rows) => rows.map(({ contact }) => contact));
    expect(one).toEqual(other);
    expect(new Set(one).size).toBe(7);
    expect(results.flat().filter(({ status }) => status === 'created')).toHaveLength(7);
  });

  it('of two projects are two people: a user id is its project’s', async () => {
    const [one] = (await take([byEmail(newEmail(), ofUser('1'))])).rows;
    const [other] = (await take([bySms(newTelephone(), ofUser('1'))])).rows;
    expect(other).toMatchObject({ status: 'created' });
    expect(other.contact).not.toBe(one.contact);
  });

  it('stay with two contacts who are known, and the row says who the other is', async () => {
    const [email, telephone] = [newEmail(), newTelephone()];
    const id = await createContact({ telephone });
    const { rows, summary } = await take([
      byEmail(email, ofUser('u', { LastName: ['Silva'] })),
      bySms(telephone, ofUser('u', { LastName: ['Silva'] })),
    ]);
    expect(rows).toMatchObject([
      { status: 'created' },
      { status: 'found', contact: id, conflict: 'user_of_other_contact', conflictingContact: rows[0].contact },
    ]);
    expect(summary).toMatchObject({ conflicts: 1 });
    expect((await contactOf(id)).profile).toEqual({ telephone });
  });

  it('do not bring in the address of another user: who shares one stays a person of their own', async () => {
    const [shared, telephone] = [newEmail(), newTelephone()];
    const { rows } = await take([
      byEmail(shared, ofUser('ana')),
      byEmail(shared, ofUser('bob', { FirstName: ['Bob'] })),
      bySms(telephone, ofUser('bob', { FirstName: ['Bob'] })),
    ]);
    expect(rows).toMatchObject([
      { status: 'created' },
      { status: 'found', contact: rows[0].contact, conflict: 'address_of_other_user' },
      { status: 'created' },
    ]);
    expect(rows[2].contact).not.toBe(rows[0].contact);
    expect((await contactOf(rows[0].contact)).profile).toEqual({ email: shared });
  });

  it('are fifteen at most, as in Pinpoint: a placeholder that many have is nobody', async () => {
    const { rows } = await take(Array.from({ length: 17 }, () => byEmail(newEmail(), ofUser('anonymous'))));
    expect(new Set(rows.slice(0, 15).map(({ contact }) => contact)).size).toBe(1);
    expect(rows.slice(15)).toMatchObject([
      { status: 'created', conflict: 'too_many_endpoints', conflictingContact: rows[0].contact },
      { status: 'created', conflict: 'too_many_endpoints', conflictingContact: rows[0].contact },
    ]);
    expect(new Set(rows.map(({ contact }) => contact)).size).toBe(3);
  });

  it('find nobody any more once their contact is forgotten', async () => {
    const [email, telephone] = [newEmail(), newTelephone()];
    const project = crypto.randomUUID();
    const [first] = (await take([byEmail(email, ofUser('u'))], project)).rows;
    const token = await setting.world.token(USER.admin, 'admin');
    const path = `/v2/contacts/${first.contact}`;
    const gone = await ingest.api.send({ method: 'DELETE', path, headers: { authorization: `Bearer ${token}` } });
    expect(gone.body.deleted).toMatchObject({ contact: first.contact, identifiers: 1 });
    const [second] = (await take([bySms(telephone, ofUser('u'))], project)).rows;
    expect(second).toMatchObject({ status: 'created' });
    expect(second.contact).not.toBe(first.contact);
  });
});

describe('an opt-out of an export', () => {
  it('stands as the contact’s own STOP does, for all messages, and says where it came from', async () => {
    const [email, telephone] = [newEmail(), newTelephone()];
    const { rows, summary } = await take([byEmail(email, { OptOut: 'ALL' }), bySms(telephone, { OptOut: 'ALL' })]);
    expect(rows).toMatchObject([
      { status: 'created', optedOut: ['email'] },
      { status: 'created', optedOut: ['sms', 'whatsapp'] },
    ]);
    expect(summary).toMatchObject({ optedOut: 2 });
    const ground = { ground: 'stop', since: '2026-01-05T10:00:00.999Z', source: 'import', reason: 'pinpoint' };
    const { consent, history } = await consentOf(rows[1].contact);
    expect(consent).toEqual({
      sms: { status: 'opted_out', marketing: 'opted_out', grounds: [ground] },
      whatsapp: { status: 'opted_out', marketing: 'opted_out', grounds: [ground] },
    });
    expect(JSON.stringify(history)).not.toContain(telephone);
    const start = startFor({ telephone }, { messages: [smsMessage()] });
    const { body } = await ingest.api.post('/v2/conversations?dryRun=true', start);
    expect(body.messages).toMatchObject([{ sends: false, reason: { code: 'opted_out' } }]);
  });

  it('is never taken back by an endpoint that says NONE', async () => {
    const email = newEmail();
    await tell(email, 'email', 'stop');
    const { rows } = await take([byEmail(email, { EffectiveDate: new Date().toISOString() })]);
    expect((await consentOf(rows[0].contact)).consent.email.status).toBe('opted_out');
  });

  it('is older than a START that they gave here since, and does not undo it', async () => {
    const email = newEmail();
    await tell(email, 'email', 'start', Date.parse('2026-02-01T00:00:00Z'));
    const { rows } = await take([byEmail(email, { OptOut: 'ALL' })]);
    expect(rows[0].optedOut).toBeUndefined();
    expect((await consentOf(rows[0].contact)).consent.email.status).toBe('opted_in');
  });

  it('is kept of an endpoint that is not active, of which nothing else comes', async () => {
    const email = newEmail();
    const { rows, summary } = await take([byEmail(email, { EndpointStatus: 'INACTIVE', OptOut: 'ALL' })]);
    expect(rows).toMatchObject([{ status: 'refused', optedOut: ['email'] }]);
    expect(summary).toMatchObject({ refused: 1, optedOut: 1 });
    const contact = await createContact({ email });
    expect((await consentOf(contact)).consent.email.status).toBe('opted_out');
  });

  it('is kept where address and user do not come together', async () => {
    const shared = newEmail();
    const { rows } = await take([
      byEmail(shared, ofUser('ana')),
      byEmail(shared, { Id: 'of bob', OptOut: 'ALL', ...ofUser('bob') }),
    ]);
    expect(rows[1]).toMatchObject({ conflict: 'address_of_other_user', optedOut: ['email'] });
    expect((await consentOf(rows[0].contact)).consent.email.status).toBe('opted_out');
  });

  it('is kept of an endpoint whose other fields are no fields of an endpoint', async () => {
    const email = newEmail();
    const odd = { Demographic: { Locale: true }, Attributes: 'oops', User: { UserId: {} }, EffectiveDate: [] };
    const { rows } = await take([byEmail(email, { OptOut: 'ALL', ...odd })]);
    expect(rows).toMatchObject([
      {
        status: 'created',
        optedOut: ['email'],
        leftOut: ['EffectiveDate', 'Attributes', 'Demographic.Locale', 'User.UserId'],
      },
    ]);
    expect((await consentOf(rows[0].contact)).consent.email.status).toBe('opted_out');
  });

  it('is stored before their contact is, so that nobody is found who may still be written to', async () => {
    const email = newEmail();
    const faulty = setting.createIngest();
    aroundCalls(faulty.api.documents, async ({ command, input }, proceed) => {
      if (command.startsWith('TransactWrite') && JSON.stringify(input).includes('"I#')) throw new Error('no answer');
      return proceed();
    });
    const line = JSON.stringify(byEmail(email, { OptOut: 'ALL' }));
    const upload = await setting.upload(line, `pinpoint/app/${crypto.randomUUID()}.json`);
    await expect(faulty.receive(upload)).rejects.toThrow('no answer');
    const contact = await createContact({ email });
    expect((await consentOf(contact)).consent.email.status).toBe('opted_out');
  });

  it('without a date counts from when it is told, once for each file', async () => {
    const email = newEmail();
    const endpoint = byEmail(email, { OptOut: 'ALL', EffectiveDate: undefined });
    const { rows } = await take([endpoint]);
    await tell(email, 'email', 'start');
    expect((await consentOf(rows[0].contact)).consent.email.status).toBe('opted_in');
    await take([endpoint, byEmail(newEmail())]);
    expect((await consentOf(rows[0].contact)).consent.email.status).toBe('opted_out');
  });
});
