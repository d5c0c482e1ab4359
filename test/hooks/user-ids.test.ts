import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHooks } from '../../functions/hooks/serve.ts';
import { deliver } from '../../shared/delivery/deliver.ts';
import { readConsent } from '../../shared/store/consent.ts';
import { markDeleted } from '../../shared/store/deletion.ts';
import { findOwners, identityOf } from '../../shared/store/identities.ts';
import type { IdentifierKind } from '../../shared/store/keys.ts';
import { listNewest } from '../../shared/store/message-lists.ts';
import type { Table } from '../../shared/store/table.ts';
import { createSetting, deliveryOf, PEPPER, type Setting, TELEPHONE } from '../delivery/setting.ts';
import { aMessage, NOW, tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';
import { metaMessage, metaWebhook } from './requests.ts';

let emulator: TestTable;
let table: Table;
let setting: Setting;
beforeAll(async () => {
  emulator = await startTestTable();
  table = tableOf(emulator);
});
afterAll(() => emulator.stop());
beforeEach(async () => {
  setting = await createSetting(table);
});

const USER_ID = 'NL.13491208655302741918';
let told = 0;
/** A message by the name that the person shows: their number, Meta's id of them, or both. */
const write = (text: string, by: { from?: string; from_user_id?: string }) => {
  told += 1;
  const message = metaMessage(text, { from: undefined, ...by, id: `wamid.U${told}` });
  const contact = { profile: { name: 'Ana' }, wa_id: by.from, user_id: by.from_user_id };
  return createHooks(setting.hooks)(
    metaWebhook(setting.services.whatsapp, { messages: [message], contacts: [contact] }),
  );
};
const [hidden, shown, both] = [
  { from_user_id: USER_ID },
  { from: TELEPHONE.slice(1) },
  { from: TELEPHONE.slice(1), from_user_id: USER_ID },
];
const ownerOf = async (kind: IdentifierKind, matchKey: string, of = setting) =>
  (await findOwners(table, [identityOf(PEPPER, of.organization, kind, matchKey)])).get(kind);
const owners = () => Promise.all([ownerOf('telephone', TELEPHONE), ownerOf('whatsappId', USER_ID)]);
const stopped = async (matchKey: string) =>
  (await readConsent(table, PEPPER, { organization: setting.organization, touchpoint: 'whatsapp', matchKey })).stop;
const textsOf = async (conversation: string) => (await listNewest(table, conversation, 10)).map(({ text }) => text);

describe('a person who hides their number', () => {
  it('becomes a contact by Meta’s id of them, with one conversation', async () => {
    await write('Hoi', hidden);
    await write('Hallo?', hidden);
    const conversation = (await ownerOf('whatsappId', USER_ID)) ?? '';
    expect(await textsOf(conversation)).toEqual(['Hoi', 'Hallo?']);
    expect(await setting.conversation(conversation)).toMatchObject({
      name: 'Ana',
      profile: { name: 'Ana', whatsappId: USER_ID },
      touchpoint: 'whatsapp',
      windowBy: setting.services.whatsapp,
    });
  });

  it('is answered by that id', async () => {
    await write('Hoi', hidden);
    const conversation = (await ownerOf('whatsappId', USER_ID)) ?? '';
    const answer = aMessage({ conversation, organization: setting.organization, touchpoint: 'whatsapp', seq: 2 });
    await setting.put(answer);
    await deliver(setting.delivery('whatsapp'), deliveryOf(answer), { remainingMs: () => 30_000 });
    expect(setting.providers.whatsapp.requests.map(({ to }) => to)).toEqual([USER_ID]);
  });

  it('is not reached by a provider that knows numbers only, or by SMS', async () => {
    await write('Hoi', hidden);
    const conversation = (await ownerOf('whatsappId', USER_ID)) ?? '';
    for (const touchpoint of ['whatsapp', 'sms'] as const) {
      const answer = aMessage({ conversation, organization: setting.organization, touchpoint, seq: 2 + told });
      told += 1;
      await setting.put(answer);
      const delivery = setting.delivery(touchpoint);
      const numbersOnly = {
        [setting.providers[touchpoint].name]: { ...setting.providers[touchpoint], reachesUserIds: false },
      };
      await deliver({ ...delivery, providers: numbersOnly }, deliveryOf(answer), { remainingMs: () => 30_000 });
      expect((await setting.message(answer)).error?.code).toBe('no_address');
    }
  });

  it('is somebody else in another organization', async () => {
    const others = await createSetting(table);
    await write('Hoi', hidden);
    expect(await ownerOf('whatsappId', USER_ID, others)).toBeUndefined();
  });
});

describe('Meta’s id of a person whose number is known', () => {
  it('is learnt from what they write, so that they are still found when they hide the number', async () => {
    const { conversation } = await setting.given({}, { state: 'sent' });
    await write('Hoi', both);
    expect(await owners()).toEqual([conversation.id, conversation.id]);
    await write('Nu zonder nummer', hidden);
    expect((await textsOf(conversation.id)).slice(-2)).toEqual(['Hoi', 'Nu zonder nummer']);
    expect((await setting.conversation(conversation.id)).profile).toMatchObject({
      telephone: TELEPHONE,
      whatsappId: USER_ID,
    });
  });

  it('leads to the number, once they show it', async () => {
    await write('Hoi', hidden);
    await write('Met nummer', both);
    const [telephone, id] = await owners();
    expect(telephone).toBe(id);
    expect((await setting.conversation(id ?? '')).profile.telephone).toBe(TELEPHONE);
  });

  it('is not taken from another contact: the number decides', async () => {
    const { conversation } = await setting.given({}, { state: 'sent' });
    await write('Hoi', hidden);
    const other = await ownerOf('whatsappId', USER_ID);
    await write('Met nummer', both);
    expect(await owners()).toEqual([conversation.id, other]);
    expect(other).not.toBe(conversation.id);
    expect((await textsOf(conversation.id)).at(-1)).toBe('Met nummer');
  });

  it('is learnt once, whoever is first', async () => {
    await Promise.all([write('a', both), write('b', both), write('c', shown), write('d', hidden)]);
    const [telephone, id] = await owners();
    expect((await textsOf(telephone ?? '')).length + (telephone === id ? 0 : (await textsOf(id ?? '')).length)).toBe(4);
  });

  it('goes with the contact', async () => {
    const { conversation } = await setting.given({}, { state: 'sent' });
    await write('Hoi', both);
    await markDeleted(table, await setting.conversation(conversation.id), NOW);
    expect(await owners()).toEqual([undefined, undefined]);
  });
});

describe('a STOP', () => {
  it.each([
    ['with both names', both],
    ['without the number', hidden],
  ])('%s holds for the number that is known', async (_, by) => {
    await setting.given({}, { state: 'sent' });
    await write('Hoi', both);
    await write('STOP', by);
    expect(await stopped(TELEPHONE)).toBeDefined();
  });

  it('of a contact without a number holds for their id', async () => {
    await write('Hoi', hidden);
    await write('STOP', hidden);
    expect(await stopped(USER_ID)).toBeDefined();
  });
});
