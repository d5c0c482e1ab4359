import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { applyConsentEvent } from '../../functions/hooks/apply-consent-event.ts';
import { createHooks } from '../../functions/hooks/serve.ts';
import type { Service } from '../../shared/contracts/configuration.ts';
import { deliver } from '../../shared/delivery/deliver.ts';
import type { Message } from '../../shared/domain/message.ts';
import type { Touchpoint } from '../../shared/domain/touchpoint.ts';
import type { ConsentEvent } from '../../shared/providers/provider.ts';
import { readConsent, readConsentHistory } from '../../shared/store/consent.ts';
import type { Table } from '../../shared/store/table.ts';
import { createSetting, deliveryOf, EMAIL, PEPPER, type Setting, TELEPHONE } from '../delivery/setting.ts';
import { NOW, newId, tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';
import { metaMessage, metaStatus, metaWebhook, twilioInbound, twilioStatus } from './requests.ts';

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

const call = (request: Parameters<ReturnType<typeof createHooks>>[0]) => createHooks(setting.hooks)(request);
const sms = (Body: string) => call(twilioInbound(setting.services.sms, { Body, MessageSid: `SM${newId()}` }));
const whatsapp = (body: string, at: number) =>
  call(
    metaWebhook(setting.services.whatsapp, {
      messages: [metaMessage(body, { id: `wamid.${newId()}`, timestamp: String(Math.floor(at / 1000)) })],
    }),
  );
const addressOf = (touchpoint: Touchpoint) => ({
  organization: setting.organization,
  touchpoint,
  matchKey: touchpoint === 'email' ? EMAIL : TELEPHONE,
});
const consentAt = (touchpoint: Touchpoint) => readConsent(table, PEPPER, addressOf(touchpoint));
const standing = async (touchpoint: Touchpoint) =>
  Object.entries(await consentAt(touchpoint)).flatMap(([ground, { on }]) => (on ? [ground] : []));
const serviceOf = async (touchpoint: Touchpoint): Promise<Service> => {
  const service = await setting.hooks.configuration.service(setting.services[touchpoint]);
  if (!service) throw new Error('The services of these tests are there.');
  return service;
};
const tell = async (touchpoint: Touchpoint, change: ConsentEvent['change'], more: Partial<ConsentEvent> = {}) => {
  const address = touchpoint === 'email' ? EMAIL : TELEPHONE;
  const event: ConsentEvent = { kind: 'consent', touchpoint, address, change, reason: change, ...more };
  await applyConsentEvent(setting.hooks, await serviceOf(touchpoint), event);
};
const outcomeOf = async (message: Message, touchpoint: Touchpoint) => {
  await deliver(setting.delivery(touchpoint), deliveryOf(message), { remainingMs: () => 30_000 });
  const { state, error } = await setting.message(message);
  return error ? [state, error.code] : [state];
};

describe('an organization’s own words', () => {
  it('end and renew consent, in any case and with any accent, besides the ones that always hold', async () => {
    setting = await createSetting(table, { stopWords: ['Afmelden', 'dejar'], startWords: ['Aanmelden'] });
    await setting.given({}, { state: 'sent' });
    await sms('AFMELDEN!');
    expect(await standing('sms')).toEqual(['stop']);
    await sms('aanmelden');
    expect(await standing('sms')).toEqual([]);
    await sms('déjar.');
    expect(await standing('sms')).toEqual(['stop']);
    await sms('start');
    await sms('Stop');
    expect(await standing('sms')).toEqual(['stop']);
  });

  it('are nobody else’s', async () => {
    await setting.given({}, { state: 'sent' });
    await sms('Afmelden');
    expect(await standing('sms')).toEqual([]);
  });
});

describe('a START', () => {
  it('that was written before the STOP, and told after it, lifts nothing', async () => {
    await setting.given({}, { state: 'sent' });
    await whatsapp('STOP', NOW - 5_000);
    await whatsapp('START', NOW - 6_000);
    expect(await standing('whatsapp')).toEqual(['stop']);
    await whatsapp('START', NOW - 4_000);
    expect(await standing('whatsapp')).toEqual([]);
  });

  it('lifts no complaint, no dead address and no stop of marketing', async () => {
    await setting.given({}, { state: 'sent' });
    await tell('whatsapp', 'marketing_stop');
    await tell('whatsapp', 'bounce');
    await tell('whatsapp', 'complaint');
    await whatsapp('STOP', NOW - 5_000);
    await whatsapp('START', NOW - 4_000);
    expect((await standing('whatsapp')).sort()).toEqual(['complaint', 'marketing', 'unusable']);
  });
});

describe('what a provider tells of consent', () => {
  it.each<[ConsentEvent['change'], Touchpoint, string | undefined, string | undefined]>([
    ['stop', 'sms', 'opted_out', 'opted_out'],
    ['complaint', 'email', 'complained', 'complained'],
    ['bounce', 'email', 'address_unusable', 'address_unusable'],
    ['marketing_stop', 'email', undefined, 'marketing_opted_out'],
    ['start', 'sms', undefined, undefined],
  ])('as %s by %s, holds for all later messages that it forbids', async (change, touchpoint, usual, marketing) => {
    const { messages } = await setting.given({}, { touchpoint }, { touchpoint, meta: { purpose: 'marketing' } });
    await tell(touchpoint, change);
    expect(await outcomeOf(messages[0], touchpoint)).toEqual(usual ? ['failed', usual] : ['sent']);
    expect(await outcomeOf(messages[1] ?? messages[0], touchpoint)).toEqual(
      marketing ? ['failed', marketing] : ['sent'],
    );
  });

  it('is taken back by its opposite', async () => {
    await tell('whatsapp', 'marketing_stop', { at: NOW - 5_000 });
    await tell('whatsapp', 'marketing_start', { at: NOW - 4_000 });
    expect(await standing('whatsapp')).toEqual([]);
  });

  it('is one organization’s, and one touchpoint’s', async () => {
    const theirs = setting;
    await tell('sms', 'stop');
    expect(await standing('whatsapp')).toEqual([]);
    setting = await createSetting(table);
    expect(await standing('sms')).toEqual([]);
    setting = theirs;
    expect(await standing('sms')).toEqual(['stop']);
  });

  it('is noted once, however often it is told', async () => {
    await tell('email', 'complaint', { at: NOW - 5_000 });
    await tell('email', 'complaint', { at: NOW - 5_000 });
    expect((await readConsentHistory(table, PEPPER, addressOf('email'))).log).toHaveLength(1);
  });

  it('of something that is no address is passed over', async () => {
    await tell('sms', 'stop', { address: 'GARAGE' });
    expect(await standing('sms')).toEqual([]);
  });

  it('is answered when what it forbids is not on its way any more', async () => {
    await setting.given({}, { state: 'sending', token: 't', lease: NOW + 45_000 });
    await expect(tell('sms', 'stop')).rejects.toThrow('still on its way');
    expect(await standing('sms')).toEqual(['stop']);
  });
});

describe('a receipt', () => {
  const sending = { state: 'sending', token: 't', lease: NOW + 45_000 } as const;
  const correlationOf = ({ conversation, key, attempt, id }: Message) => ({ conversation, key, attempt, message: id });

  it.each<[string, string]>([
    ['30006', 'unusable'],
    ['21610', 'stop'],
  ])('with %s from Twilio leaves the number %s', async (ErrorCode, ground) => {
    const { messages } = await setting.given({}, sending);
    await call(
      twilioStatus(setting.services.sms, correlationOf(messages[0]), 'undelivered', { fields: { ErrorCode } }),
    );
    expect(await standing('sms')).toEqual([ground]);
  });

  it('that the person stopped marketing (131050) stops marketing alone', async () => {
    const { messages } = await setting.given({ windowAt: NOW }, { ...sending, touchpoint: 'whatsapp' });
    const status = metaStatus(correlationOf(messages[0]), 'failed', { errors: [{ code: 131050, title: 'Stopped' }] });
    await call(metaWebhook(setting.services.whatsapp, { statuses: [status] }));
    expect(await standing('whatsapp')).toEqual(['marketing']);
  });
});
