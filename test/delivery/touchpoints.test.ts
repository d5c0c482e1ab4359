import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { work } from '../../functions/worker/work.ts';
import { deliver } from '../../shared/delivery/deliver.ts';
import type { Message } from '../../shared/domain/message.ts';
import { parseTelephone } from '../../shared/domain/telephone.ts';
import type { Touchpoint } from '../../shared/domain/touchpoint.ts';
import type { Rejected } from '../../shared/providers/provider.ts';
import { changeConsent } from '../../shared/store/consent.ts';
import type { Table } from '../../shared/store/table.ts';
import { tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';
import { addressOf, createSetting, deliveryOf, EMAIL, type Setting, TELEPHONE } from './setting.ts';

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

const OTHERWISE = [
  { touchpoint: 'sms', text: 'By SMS' },
  { touchpoint: 'email', text: 'By email' },
] as const;
const given = async (overrides: Partial<Message> = {}) => {
  const template = { name: 'car_ready', language: 'nl', parameters: ['John'] };
  const first = { touchpoint: 'whatsapp', text: 'Klaar, John!', template, otherwise: OTHERWISE, ...overrides } as const;
  const [message, behind = message] = (await setting.given({}, first, { touchpoint: 'email' })).messages;
  return [message, behind] as const;
};
const send = (message: Message, by: Touchpoint) =>
  deliver(setting.delivery(by), deliveryOf(message), { remainingMs: () => 30_000 });
const rejection = (overrides: Partial<Rejected> = {}): Rejected => ({
  outcome: 'rejected',
  class: 'permanent',
  scope: 'recipient',
  code: '131026',
  message: 'Not on WhatsApp.',
  ...overrides,
});
const stopSms = () => {
  const telephone = parseTelephone(TELEPHONE);
  if (!telephone.ok) throw new Error('The telephone of these tests is valid.');
  const reach = { organization: setting.organization, touchpoint: 'sms', matchKey: telephone.matchKey } as const;
  return changeConsent(setting.delivery('sms'), reach, { kind: 'stop', source: 'reply', reason: 'STOP' });
};

describe('a message with another touchpoint, whose contact is not reached by the first', () => {
  it('is sent by the next at its place in the order, with the text of that one', async () => {
    const [message, behind] = await given();
    setting.providers.whatsapp.answers(rejection());
    await send(message, 'whatsapp');
    const switched = await setting.message(message);
    expect(switched).toMatchObject({
      state: 'pending',
      attempt: 1,
      touchpoint: 'sms',
      givenUp: [{ touchpoint: 'whatsapp', code: '131026' }],
    });
    expect(setting.takeTicks()).toEqual([[message.key, 0]]);

    await work(setting.worker, addressOf(behind));
    expect(setting.deliveries.email.sent).toEqual([]);
    await work(setting.worker, addressOf(message));
    expect(setting.deliveries.sms.bodies()).toEqual([deliveryOf(switched)]);
    await send(switched, 'sms');
    expect(setting.providers.sms.requests).toMatchObject([{ to: TELEPHONE, content: { text: 'By SMS' } }]);
    expect(await setting.message(message)).toMatchObject({ state: 'sent', provider: 'twilio', text: 'By SMS' });
    expect(setting.takeTicks()).toContainEqual([behind.key, 0]);
  });

  it('is never sent twice by two: a late delivery to the first finds another attempt, and sends nothing', async () => {
    const [message] = await given();
    setting.providers.whatsapp.answers(rejection());
    await send(message, 'whatsapp');
    await send(message, 'whatsapp');
    expect(setting.providers.whatsapp.requests).toHaveLength(1);
    expect(await setting.message(message)).toMatchObject({ state: 'pending', attempt: 1, touchpoint: 'sms' });
  });

  it('goes on to the third where the contact opted out of the second, also with its text kept apart', async () => {
    const long = 'x'.repeat(2_000);
    const [message] = await given({ otherwise: [OTHERWISE[0], { touchpoint: 'email', text: long }] });
    await stopSms();
    setting.providers.whatsapp.answers(rejection());
    await send(message, 'whatsapp');
    await send(await setting.message(message), 'sms');
    expect(setting.providers.sms.requests).toEqual([]);
    await send(await setting.message(message), 'email');
    expect(setting.providers.email.requests).toMatchObject([{ to: EMAIL, content: { text: long } }]);
    const codes = (await setting.message(message)).givenUp?.map(({ code }) => code);
    expect(codes).toEqual(['131026', 'opted_out']);
  });

  it('fails when the last one fails', async () => {
    const [message] = await given({ touchpoint: 'sms', template: undefined, otherwise: [OTHERWISE[1]] });
    setting.providers.sms.answers(rejection({ code: '21614' }));
    setting.providers.email.answers(rejection({ code: 'InvalidParameterValue' }));
    await send(message, 'sms');
    await send(await setting.message(message), 'email');
    expect(await setting.message(message)).toMatchObject({
      state: 'failed',
      touchpoint: 'email',
      error: { code: 'InvalidParameterValue' },
    });
  });
});

describe('a message with another touchpoint', () => {
  it.each<[string, Partial<Rejected>, Partial<Message>]>([
    ['the account is at fault', { scope: 'account', code: '190' }, { state: 'failed', touchpoint: 'whatsapp' }],
    ['the outcome is unclear', { class: 'ambiguous' }, { state: 'unknown', touchpoint: 'whatsapp' }],
    ['it is refused for now', { class: 'throttled' }, { state: 'pending', touchpoint: 'whatsapp', attempt: 1 }],
  ])('stays with the first when %s', async (_, answer, expected) => {
    const [message] = await given();
    setting.providers.whatsapp.answers(rejection(answer));
    await send(message, 'whatsapp');
    expect(await setting.message(message)).toMatchObject(expected);
  });

  it('stays with the first when an earlier attempt may have reached the contact', async () => {
    const [message] = await given({ attempt: 1, unclear: true });
    setting.providers.whatsapp.answers(rejection());
    await send(message, 'whatsapp');
    expect(await setting.message(message)).toMatchObject({ state: 'failed', touchpoint: 'whatsapp' });
  });
});
