import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { receiveEvent } from '../../functions/hooks/receive-event.ts';
import { ServiceSchema } from '../../shared/contracts/configuration.ts';
import { readSmsEvent } from '../../shared/providers/aws-sms/read-event.ts';
import { readSocialEvent } from '../../shared/providers/aws-social/read-event.ts';
import { putService } from '../../shared/store/configuration.ts';
import { readConsent } from '../../shared/store/consent.ts';
import { listNewest } from '../../shared/store/message-lists.ts';
import type { Table } from '../../shared/store/table.ts';
import { createSetting, PEPPER, type Setting, TELEPHONE } from '../delivery/setting.ts';
import { NOW, newId, tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';
import { withMails } from './mails.ts';

let emulator: TestTable;
let table: Table;
let setting: Setting;
let numbers = 0;
let number: string;
beforeAll(async () => {
  emulator = await startTestTable();
  table = tableOf(emulator);
});
afterAll(() => emulator.stop());
beforeEach(async () => {
  setting = await createSetting(table);
  numbers += 1;
  number = `+1555000${1000 + numbers}`;
});

async function serviceOf(
  { organization }: Setting,
  overrides: { id?: string; params?: Record<string, string>; type?: string; status?: string } = {},
): Promise<string> {
  const service = ServiceSchema.parse({
    id: newId(),
    organization,
    type: 'aws-sms',
    params: { originationIdentity: number },
    ...overrides,
  });
  await putService(table, service);
  return service.id;
}

const providers = {
  'aws-sms': { parseEvent: readSmsEvent },
  'aws-social': { needsPointer: true, parseEvent: readSocialEvent },
};
const receive = (detail: object) =>
  receiveEvent({ ...withMails(setting.hooks).parts, providers }, { source: 'aws.sns', detailType: '', detail });
const writes = (messageBody: string, inboundMessageId: string = newId()) =>
  receive({ originationNumber: TELEPHONE, destinationNumber: number, messageBody, inboundMessageId });
const writesByWhatsapp = (to: string, body: string) => {
  const value = {
    metadata: { phone_number_id: to },
    messages: [
      { id: `wamid.${newId()}`, from: TELEPHONE.slice(1), timestamp: String(NOW / 1000), type: 'text', text: { body } },
    ],
  };
  const entry = { id: 'waba', changes: [{ field: 'messages', value }] };
  return receive({ whatsAppWebhookEntry: JSON.stringify(entry), messageId: newId() });
};
const heardIn = async (conversation: string) =>
  (await listNewest(table, conversation, 10)).filter(({ inbound }) => inbound).map(({ text }) => text);

describe('what a contact writes to a number of AWS’s', () => {
  it('goes into their conversation with the organization whose service has the number, once', async () => {
    await serviceOf(setting);
    const { conversation } = await setting.given({}, { state: 'sent' });
    const id = newId();
    for (let time = 0; time < 2; time += 1) await writes('Is it ready?', id);
    expect(await heardIn(conversation.id)).toEqual(['Is it ready?']);
    expect(await setting.conversation(conversation.id)).toMatchObject({ touchpoint: 'sms' });
  });

  it('is found by the number for replies, where the service sends by a pool', async () => {
    await serviceOf(setting, { params: { originationIdentity: 'pool-1', inboundNumber: number } });
    const { conversation } = await setting.given({}, { state: 'sent' });
    await writes('Is it ready?');
    expect(await heardIn(conversation.id)).toEqual(['Is it ready?']);
  });

  it('STOP ends what goes there', async () => {
    await serviceOf(setting);
    await setting.given({}, { state: 'sent' });
    await writes('STOP');
    const reach = { organization: setting.organization, touchpoint: 'sms', matchKey: TELEPHONE } as const;
    expect((await readConsent(table, PEPPER, reach)).stop?.on).toBe(true);
  });

  it('goes to the organization that spoke with them last, where two have the number', async () => {
    const other = await createSetting(table);
    for (const owner of [setting, other]) await serviceOf(owner);
    const { conversation: earlier } = await setting.given({ lastAt: NOW - 1000 }, { state: 'sent' });
    const { conversation: later } = await other.given({ lastAt: NOW }, { state: 'sent' });
    await writes('Is it ready?');
    expect([await heardIn(earlier.id), await heardIn(later.id)]).toEqual([[], ['Is it ready?']]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['no service', async () => undefined],
    ['a service that is off', () => serviceOf(setting, { status: 'disabled' })],
    [
      'a service of another provider',
      () => serviceOf(setting, { type: 'aws-social', params: { metaPhoneNumberId: number } }),
    ],
    [
      'a service that has another number now',
      async () => serviceOf(setting, { id: await serviceOf(setting), params: { originationIdentity: '+15559999999' } }),
    ],
  ])('is counted and gone where %s has the number', async (_what, store) => {
    await store();
    const { conversation } = await setting.given({}, { state: 'sent' });
    await writes('Is it ready?');
    expect(await heardIn(conversation.id)).toEqual([]);
    expect(setting.observe.counts.get('EventIgnored')).toBe(1);
  });

  it('by WhatsApp opens the window of the number that Meta names', async () => {
    const metaPhoneNumberId = newId();
    const service = await serviceOf(setting, {
      type: 'aws-social',
      params: { phoneNumberId: 'phone-number-id-1', metaPhoneNumberId },
    });
    const { conversation } = await setting.given({}, { state: 'sent' });
    await writesByWhatsapp(metaPhoneNumberId, 'Is it ready?');
    expect(await heardIn(conversation.id)).toEqual(['Is it ready?']);
    expect(await setting.conversation(conversation.id)).toMatchObject({ touchpoint: 'whatsapp', windowBy: service });
  });
});
