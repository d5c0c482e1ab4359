import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newParticipant } from '../../shared/domain/conversation.ts';
import { parseEmailAddress } from '../../shared/domain/email-address.ts';
import { createConversation } from '../../shared/store/conversations.ts';
import { identityOf } from '../../shared/store/identities.ts';
import type { Item } from '../../shared/store/table.ts';
import { createTestClock } from '../support/api-clock.ts';
import { emailMessage, newEmail, newTelephone, smsMessage, startRequest, startWith } from '../support/api-requests.ts';
import { ORGANIZATION, pathOf, USER } from '../support/api-seed.ts';
import { type Api, PEPPER, startWorld, type World } from '../support/api-world.ts';

let world: World;
let api: Api;
const clock = createTestClock();
beforeAll(async () => {
  world = await startWorld();
  api = world.createApi({ clock });
});
afterAll(() => world?.stop());

const start = (body: unknown) => {
  clock.advance(1000);
  return api.post('/v2/conversations', body);
};
const head = async (conversation: string) =>
  (await world.items()).find(({ pk, sk }) => pk === `C#${conversation}` && sk === '@');
const profileOf = async (conversation: string) => (await head(conversation))?.profile;

describe('an upsert of a known contact', () => {
  it('fills the fields that the profile lacks and keeps those it has', async () => {
    const email = newEmail();
    const { body } = await start(startWith({ email, name: 'John Johnson', locale: 'nl' }));
    const again = await start(
      startWith({ email, name: 'Johnny', givenName: 'John', locale: 'de', address: { city: 'Delft' } }),
    );
    expect(again.status).toBe(200);
    expect(again.body.name).toBe('John Johnson');
    expect(await profileOf(body.id)).toEqual({
      email,
      name: 'John Johnson',
      givenName: 'John',
      locale: 'nl',
      address: { city: 'Delft' },
    });
  });

  it('learns the time zone that the contact lacked, and keeps it', async () => {
    const email = newEmail();
    const { body } = await start(startWith({ email }));
    await start(startWith({ email, timeZone: 'America/New_York' }));
    await start(startWith({ email, timeZone: 'Europe/Amsterdam' }));
    expect(await profileOf(body.id)).toEqual({ email, timeZone: 'America/New_York' });
  });

  it('refuses a time zone that is none', async () => {
    const { status, body } = await start(startWith({ email: newEmail(), timeZone: 'Europe/Atlantis' }));
    const message = 'must be a time zone of the IANA database, like Europe/Amsterdam';
    expect([status, body.error.details]).toEqual([400, [{ path: 'contact.profile.timeZone', message }]]);
  });

  it('changes neither name, language, meta nor tags of the conversation', async () => {
    const email = newEmail();
    const given = { name: 'Order 17', language: 'de', meta: { order: 17 }, tags: ['late'] };
    const { body } = await start(startWith({ email }, given));
    const again = await start(
      startWith({ email }, { name: 'Other', language: 'fr', meta: { order: 18 }, tags: ['early'] }),
    );
    expect(again.body).toMatchObject({ id: body.id, ...given });
  });

  it('attaches an identifier that nobody has, so that a later request by it finds the same contact', async () => {
    const email = newEmail();
    const telephone = newTelephone();
    const { body } = await start(startWith({ email }));
    const both = await start(startWith({ email, telephone }));
    const byTelephone = await start(startWith({ telephone }));
    expect([both.status, byTelephone.status]).toEqual([200, 200]);
    expect([both.body.id, byTelephone.body.id]).toEqual([body.id, body.id]);
    expect(await profileOf(body.id)).toMatchObject({ email, telephone });
  });

  it('sends by an identifier that the same request attaches', async () => {
    const email = newEmail();
    const telephone = newTelephone();
    const { body } = await start(startWith({ email }));
    const both = await start(startWith({ email, telephone }, { messages: [smsMessage()] }));
    expect(both.status).toBe(200);
    expect(both.body).toMatchObject({ id: body.id, touchpoint: 'sms' });
    expect(both.body.touchpoints).toMatchObject({ email: { selected: false }, sms: { selected: true } });
  });

  it('makes a different email the primary one, and still finds the contact by the old one', async () => {
    const telephone = newTelephone();
    const [oldEmail, newerEmail] = [newEmail(), newEmail()];
    const { body } = await start(startWith({ email: oldEmail, telephone }));
    const moved = await start(startWith({ email: newerEmail, telephone }));
    expect(moved.body.id).toBe(body.id);
    expect(await profileOf(body.id)).toMatchObject({ email: newerEmail, telephone });
    const byNewer = await start(startWith({ email: newerEmail }));
    const byOld = await start(startWith({ email: oldEmail }));
    expect([byNewer.body.id, byOld.body.id]).toEqual([body.id, body.id]);
    expect(await profileOf(body.id)).toMatchObject({ email: oldEmail });
  });

  it('refuses an SMS to a landline that replaces the mobile number', async () => {
    const email = newEmail();
    const { body } = await start(startWith({ email, telephone: newTelephone() }, { messages: [smsMessage()] }));
    const before = await world.items();
    const refused = await start(startWith({ email, telephone: '+31201234567' }, { messages: [smsMessage()] }));
    expect(refused.status).toBe(400);
    expect(refused.body.error).toMatchObject({
      code: 'touchpoint_unavailable',
      details: [{ path: 'messages.0.touchpoint' }],
    });
    expect(await world.items()).toEqual(before);
    expect((await head(body.id))?.seq).toBe(1);
  });

  it('refuses an SMS after a landline became the number, by id too', async () => {
    const email = newEmail();
    const { body } = await start(startWith({ email, telephone: newTelephone() }, { messages: [smsMessage()] }));
    expect((await start(startWith({ email, telephone: '+31201234568' }))).status).toBe(200);
    const byId = await start({ id: body.id, messages: [smsMessage()] });
    expect(byId.status).toBe(400);
    expect(byId.body.error.details[0].path).toBe('messages.0.touchpoint');
  });

  it('takes a blank identifier for none', async () => {
    const email = newEmail();
    const { body } = await start(startWith({ email, telephone: ' ' }));
    const again = await start(startWith({ email, telephone: '' }));
    expect([again.status, again.body.id]).toEqual([200, body.id]);
    expect(await profileOf(body.id)).toEqual({ email });
  });

  it('takes a blank name for none, and fills it later', async () => {
    const email = newEmail();
    const { body } = await start(startWith({ email, name: '' }));
    expect(body.name).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/);
    await start(startWith({ email, name: 'John Johnson' }));
    expect(await profileOf(body.id)).toMatchObject({ name: 'John Johnson' });
  });

  it('appends by id alone, and answers 200 with the conversation', async () => {
    const { body } = await start(startRequest());
    const appended = await start({ id: body.id, messages: [emailMessage('Again')] });
    expect(appended.status).toBe(200);
    expect(appended.body).toMatchObject({ id: body.id, contact: body.contact, slug: body.slug });
    expect(appended.body.messages).toHaveLength(1);
    const upperCase = await start({ id: body.id.toUpperCase(), messages: [emailMessage()] });
    expect([upperCase.status, upperCase.body.id]).toEqual([200, body.id]);
  });
});

describe('identifiers of two different contacts', () => {
  async function twoContacts(organization: string) {
    const email = newEmail();
    const telephone = newTelephone();
    const byEmail = await start(startWith({ email }, { organization }));
    const byTelephone = await start(startWith({ telephone }, { organization }));
    expect(byEmail.body.id).not.toBe(byTelephone.body.id);
    return { email, telephone, emailContact: byEmail.body, telephoneContact: byTelephone.body };
  }

  const cases = [
    ['email', 'emailContact', 'telephoneContact'],
    ['sms', 'telephoneContact', 'emailContact'],
  ] as const;

  it.each(cases)(
    'are decided by the touchpoint %s: the message goes to its owner',
    async (touchpoint, winner, loser) => {
      const two = await twoContacts(ORGANIZATION.shop);
      const message = touchpoint === 'email' ? emailMessage() : smsMessage();
      const profile = { email: two.email, telephone: two.telephone };
      const { status, headers, body } = await start(startWith(profile, { messages: [message] }));
      expect(status).toBe(200);
      expect(body.id).toBe(two[winner].id);
      expect(headers['x-identifier-conflict']).toBe(two[loser].contact);
      expect(await profileOf(two.emailContact.id)).toEqual({ email: two.email });
      expect(await profileOf(two.telephoneContact.id)).toEqual({ telephone: two.telephone });
    },
  );

  it('are decided by the first outbound message: bot messages before it say nothing', async () => {
    const two = await twoContacts(ORGANIZATION.shop);
    const { body } = await start(
      startWith({ email: two.email, telephone: two.telephone }, { messages: [{ text: 'For agents' }, emailMessage()] }),
    );
    expect(body.id).toBe(two.emailContact.id);
  });

  it('are decided for the telephone when no touchpoint is named', async () => {
    const two = await twoContacts(ORGANIZATION.shop);
    const { body, headers } = await start(
      startWith({ email: two.email, telephone: two.telephone }, { messages: [{ text: 'Hi', role: 'agent' }] }),
    );
    expect(body.id).toBe(two.telephoneContact.id);
    expect(headers['x-identifier-conflict']).toBe(two.emailContact.contact);
  });

  it('are refused with 409 and both ids where the organization rejects them, and nothing is written but that it happened', async () => {
    const two = await twoContacts(ORGANIZATION.strict);
    const before = await world.items();
    const queued = await world.queueLength();
    const { status, body } = await start(
      startWith({ email: two.email, telephone: two.telephone }, { organization: ORGANIZATION.strict }),
    );
    expect(status).toBe(409);
    expect(body.error.code).toBe('identifier_conflict');
    expect(body.error.details).toEqual([
      { path: 'contact.profile.email', message: expect.stringContaining(two.emailContact.contact) },
      { path: 'contact.profile.telephone', message: expect.stringContaining(two.telephoneContact.contact) },
    ]);
    const isNew = (item: Item) => !before.some(({ pk, sk }) => pk === item.pk && sk === item.sk);
    expect((await world.items()).filter(isNew)).toEqual([
      {
        pk: expect.stringMatching(new RegExp(`^E#${ORGANIZATION.strict}#[0-9a-f]{24}$`)),
        sk: '@',
        event: 'contact.conflict',
        organization: ORGANIZATION.strict,
        ids: {
          conversation: two.telephoneContact.id,
          contact: two.telephoneContact.contact,
          otherContact: two.emailContact.contact,
        },
        createdAt: expect.any(Number),
        ttl: expect.any(Number),
      },
    ]);
    expect(await world.queueLength()).toBe(queued);
  });

  it('raise an event each time that they are given, and not for a request that is answered again', async () => {
    const two = await twoContacts(ORGANIZATION.shop);
    const told = async () =>
      (await world.items()).filter(
        ({ ids }) => (ids as { contact?: string })?.contact === two.telephoneContact.contact,
      );
    const request = startWith(
      { email: two.email, telephone: two.telephone },
      { messages: [{ text: 'Hi', role: 'agent' }] },
    );
    const headers = { 'idempotency-key': two.telephoneContact.id };
    await api.post('/v2/conversations', request, headers);
    await api.post('/v2/conversations', request, headers);
    await api.post('/v2/conversations?dryRun=true', request);
    const { id: conversation, contact } = two.telephoneContact;
    const ids = { conversation, contact, otherContact: two.emailContact.contact };
    expect(await told()).toMatchObject([{ event: 'contact.conflict', organization: ORGANIZATION.shop, ids }]);
  });

  it('carry no header while they belong to one contact or to nobody', async () => {
    const profile = { email: newEmail(), telephone: newTelephone() };
    const answers = [await start(startWith(profile)), await start(startWith(profile))];
    expect(answers.map(({ headers }) => 'x-identifier-conflict' in headers)).toEqual([false, false]);
  });
});

describe('who is the same person', () => {
  it('is decided within an organization: organizations share no contacts', async () => {
    const profile = { email: newEmail(), telephone: newTelephone() };
    const shop = await start(startWith(profile));
    const strict = await start(startWith(profile, { organization: ORGANIZATION.strict }));
    expect([shop.status, strict.status]).toEqual([201, 201]);
    expect(strict.body.id).not.toBe(shop.body.id);
    expect(strict.body.contact).not.toBe(shop.body.contact);
    const again = await start(startWith(profile));
    expect([again.status, again.body.id]).toEqual([200, shop.body.id]);
  });

  const samePerson = [
    ['the case of an email', { email: 'Case.Person@Example.COM' }, { email: ' case.person@example.com ' }],
    ['a domain in letters and in Punycode', { email: 'info@bücher.example' }, { email: 'INFO@xn--bcher-kva.example' }],
    ['a domain composed differently', { email: 'info@caf\u00e9.example' }, { email: 'info@cafe\u0301.example' }],
    ['punctuation of a number', { telephone: '+31 6 4628-0994' }, { telephone: '+31646280994' }],
    ['a national number of the organization', { telephone: '06 4628 0995' }, { telephone: '+31646280995' }],
    ['00 and +', { telephone: '0031646280996' }, { telephone: '+31646280996' }],
    ['the ninth digit of Brazil', { telephone: '+55 11 8123-4567' }, { telephone: '+5511981234567' }],
    ['the 1 of Mexico', { telephone: '+5215512345678' }, { telephone: '+525512345678' }],
    ['the 9 of Argentina', { telephone: '+54 9 11 2345-6789' }, { telephone: '+54 11 2345-6789' }],
    ['the 15 of Argentina', { telephone: '+54 9 11 3345-6789' }, { telephone: '+54 11 15 3345-6789' }],
  ] as const;

  it.each(samePerson)('is not changed by %s', async (_, first, second) => {
    const overrides = 'telephone' in first ? { messages: [emailMessage()] } : {};
    const withEmail = (profile: object) => ({ ...profile, ...('telephone' in first && { email: newEmail() }) });
    const started = await start(startWith(withEmail(first), overrides));
    const found = await start(startWith(withEmail(second), overrides));
    expect([started.status, found.status]).toEqual([201, 200]);
    expect(found.body.id).toBe(started.body.id);
  });

  it('reads national numbers by the country of the organization', async () => {
    const brazil = { organization: ORGANIZATION.brazil };
    const started = await start(startWith({ telephone: '(11) 8123-9999' }, brazil));
    const found = await start(startWith({ telephone: '+5511981239999' }, brazil));
    expect([started.status, found.status]).toEqual([201, 200]);
    expect(await profileOf(started.body.id)).toEqual({ telephone: '+5511981239999' });
  });

  const differentPeople = [
    ['dots in an email', { email: 'john.doe@example.com' }, { email: 'johndoe@example.com' }],
    ['a tag in an email', { email: 'jane@example.com' }, { email: 'jane+shop@example.com' }],
    ['a landline of Brazil', { telephone: '+551131234567' }, { telephone: '+5511931234567' }],
  ] as const;

  it.each(differentPeople)('is changed by %s', async (_, first, second) => {
    const withEmail = (profile: object) => ({ ...profile, ...('telephone' in first && { email: newEmail() }) });
    const one = await start(startWith(withEmail(first)));
    const two = await start(startWith(withEmail(second)));
    expect([one.status, two.status]).toEqual([201, 201]);
    expect(two.body.id).not.toBe(one.body.id);
  });

  it('keeps the address as it was written', async () => {
    const { body } = await start(startWith({ email: ' Mixed.Case@Bücher.example' }));
    expect(await profileOf(body.id)).toEqual({ email: 'Mixed.Case@Bücher.example' });
  });
});

describe('a contact with an id of its own', () => {
  it('is found, and shown by that id', async () => {
    const email = newEmail();
    const contact = '66c3ed372a33131f1b4bffff';
    const id = '66c3ed372a33131f1b4ba1b8';
    const parsed = parseEmailAddress(email);
    if (!parsed.ok) throw new Error(parsed.reason);
    await createConversation(world.table, {
      conversation: {
        id,
        organization: ORGANIZATION.shop,
        orgPath: pathOf(ORGANIZATION.shop),
        name: 'Imported',
        slug: 'HJIGT96F7',
        status: 'closed',
        contact,
        profile: { email },
        participants: { [USER.bot]: newParticipant('agent', 1) },
        channels: [],
        channelsOffline: [],
        services: {},
        createdBy: USER.bot,
        createdAt: 1,
        updatedAt: 1,
        seq: 0,
        lastAt: 1,
        version: 0,
      },
      identities: [identityOf(PEPPER, ORGANIZATION.shop, 'email', parsed.matchKey)],
      messages: [],
    });
    const upserted = await start(startWith({ email }));
    expect(upserted.status).toBe(200);
    expect(upserted.body).toMatchObject({ id, contact, name: 'Imported', slug: 'HJIGT96F7', status: 'closed' });
    const byTelephone = await start(startWith({ telephone: newTelephone() }));
    const telephone = (await profileOf(byTelephone.body.id)) as { telephone: string };
    const conflicting = await start(startWith({ email, telephone: telephone.telephone }, { messages: [smsMessage()] }));
    expect(conflicting.headers['x-identifier-conflict']).toBe(contact);
  });
});
