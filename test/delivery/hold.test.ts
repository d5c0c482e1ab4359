import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { work } from '../../functions/worker/work.ts';
import { deliver } from '../../shared/delivery/deliver.ts';
import type { Conversation } from '../../shared/domain/conversation.ts';
import type { Message } from '../../shared/domain/message.ts';
import type { Table } from '../../shared/store/table.ts';
import { tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';
import { addressOf, createSetting, deliveryOf, type Setting } from './setting.ts';

let emulator: TestTable;
let table: Table;
let setting: Setting;
beforeAll(async () => {
  emulator = await startTestTable();
  table = tableOf(emulator);
});
afterAll(() => emulator.stop());

const HOUR_MS = 3600_000;
const NIGHT = { start: '21:00', end: '08:00' };
const MARKETING = { meta: { purpose: 'marketing' } };

/** An organization with these settings, at this moment. */
async function begin(settings: object, moment: string) {
  setting = await createSetting(table, settings);
  goTo(moment);
}
const goTo = (moment: string): void => setting.clock.advance(Date.parse(moment) - setting.clock.now());
const iso = (moment: number | undefined) => (moment === undefined ? undefined : new Date(moment).toISOString());

/** Stores messages that are due now, or as told. */
const given = async (conversation: Partial<Conversation>, ...messages: Partial<Message>[]) =>
  (await setting.given(conversation, ...messages.map((message) => ({ due: setting.clock.now(), ...message }))))
    .messages;

const send = async (message: Message, touchpoint: 'sms' | 'email' | 'whatsapp' = 'sms'): Promise<Message> => {
  const { attempt } = await setting.message(message);
  await deliver(setting.delivery(touchpoint), deliveryOf(message, { attempt }), { remainingMs: () => 30_000 });
  return setting.message(message);
};
/** What becomes of one marketing message, due now, that is sent now. */
const sendOne = async (conversation: Partial<Conversation> = {}, message: Partial<Message> = {}): Promise<Message> =>
  send((await given(conversation, { ...MARKETING, ...message }))[0]);
const requests = () => setting.providers.sms.requests;

describe('a message in quiet hours', () => {
  it('goes back to wait for their end, at its attempt, with a tick of its own', async () => {
    await begin({ quietHours: NIGHT }, '2026-06-10T21:30:00Z');
    const held = await sendOne({}, { attempt: 2 });
    expect(held).toMatchObject({ state: 'pending', attempt: 2, error: { code: 'quiet_hours', class: 'throttled' } });
    expect(iso(held.notBefore)).toBe('2026-06-11T06:00:00.000Z');
    expect(held.token).toBeUndefined();
    expect(requests()).toEqual([]);
    expect(setting.takeTicks()).toEqual([[held.key, 900]]);
    expect([...setting.observe.counts]).toEqual([['MessageHeld/sms', 1]]);
  });

  it('is sent when they are over', async () => {
    await begin({ quietHours: NIGHT }, '2026-06-10T21:30:00Z');
    const held = await sendOne();
    goTo('2026-06-11T05:59:59.999Z');
    expect((await send(held)).state).toBe('pending');
    goTo('2026-06-11T06:00:00Z');
    const sent = await send(held);
    expect([sent.state, sent.error]).toEqual(['sent', undefined]);
    expect(requests()).toHaveLength(1);
  });

  it('keeps those behind it waiting, whatever they are for', async () => {
    await begin({ quietHours: NIGHT }, '2026-06-10T21:30:00Z');
    const [first, second] = await given({}, MARKETING, {});
    await send(first);
    await work(setting.worker, addressOf(second ?? first));
    expect(setting.deliveries.sms.sent).toEqual([]);
    goTo('2026-06-11T06:00:00Z');
    await send(first);
    expect(setting.takeTicks().at(-1)).toEqual([second?.key, 0]);
  });

  it('is left to wait by the worker too', async () => {
    await begin({ quietHours: NIGHT }, '2026-06-10T21:30:00Z');
    const held = await sendOne();
    setting.takeTicks();
    await work(setting.worker, addressOf(held));
    expect(setting.takeTicks()).toEqual([[held.key, 900]]);
    goTo('2026-06-11T06:00:00Z');
    await work(setting.worker, addressOf(held));
    expect(setting.deliveries.sms.bodies()).toEqual([deliveryOf(held)]);
  });

  it('fails when it would expire before their end', async () => {
    await begin({ quietHours: NIGHT }, '2026-06-10T21:30:00Z');
    const end = Date.parse('2026-06-11T06:00:00Z');
    const expired = await sendOne({}, { expiresAt: end });
    expect(expired).toMatchObject({ state: 'failed', error: { code: 'quiet_hours', class: 'permanent' } });
    expect((await sendOne({ profile: { telephone: '+31612345678' } }, { expiresAt: end + 1 })).state).toBe('pending');
    expect(requests()).toEqual([]);
  });

  it.each([
    ['marketing', undefined, MARKETING, 'pending'],
    ['nothing in particular', undefined, {}, 'sent'],
    ['a transaction, where only marketing waits', undefined, { meta: { purpose: 'transactional' } }, 'sent'],
    ['a transaction, where that waits', ['transactional'], { meta: { purpose: 'transactional' } }, 'pending'],
    ['nothing in particular, where transactions wait', ['transactional', 'marketing'], {}, 'pending'],
    ['marketing, where only transactions wait', ['transactional'], MARKETING, 'sent'],
  ])('that is for %s', async (_what, purposes, message, state) => {
    await begin({ quietHours: { ...NIGHT, purposes } }, '2026-06-10T21:30:00Z');
    expect((await send((await given({}, message))[0])).state).toBe(state);
  });

  it('is one of the touchpoints that they are for', async () => {
    await begin({ quietHours: { ...NIGHT, touchpoints: ['whatsapp', 'email'] } }, '2026-06-10T21:30:00Z');
    const [sms, email] = await given({}, MARKETING, { ...MARKETING, touchpoint: 'email' });
    expect((await send(sms)).state).toBe('sent');
    expect((await send(email ?? sms, 'email')).state).toBe('pending');
  });

  it('is looked up all the same when an attempt is unclear', async () => {
    await begin({ quietHours: NIGHT }, '2026-06-10T21:30:00Z');
    const now = setting.clock.now();
    const [unclear] = await given({}, { ...MARKETING, state: 'unknown', until: now, unclear: true, firstSentAt: now });
    setting.providers.sms.finds({ outcome: 'found', providerIds: ['SM1'] });
    await deliver(setting.delivery('sms'), deliveryOf(unclear, { resolve: true }), { remainingMs: () => 30_000 });
    expect(await setting.message(unclear)).toMatchObject({ state: 'sent', providerId: 'SM1', sentAt: now });
  });
});

describe('quiet hours are those of', () => {
  // 04:30 in Tokyo, 21:30 in Amsterdam, 15:30 in New York.
  const evening = '2026-06-10T19:30:00Z';
  it.each([
    ['the contact’s own time zone', { timeZone: 'Asia/Tokyo', telephone: '+31646280994' }, '2026-06-10T23:00:00.000Z'],
    ['the country of their telephone', { telephone: '+31646280994' }, '2026-06-11T06:00:00.000Z'],
    ['the organization, for a country of several', { telephone: '+13105550123' }, undefined],
    ['the organization, for a contact without telephone', { whatsappId: 'NL.1' }, undefined],
  ])('%s', async (_what, profile, end) => {
    await begin({ quietHours: { ...NIGHT, timeZone: 'America/New_York' } }, evening);
    const touchpoint = 'whatsapp';
    const window = { windowAt: setting.clock.now(), windowBy: setting.services.whatsapp };
    const [message] = await given({ profile, ...window }, { ...MARKETING, touchpoint });
    const sent = await send(message, touchpoint);
    expect([sent.state, iso(sent.notBefore)]).toEqual([end ? 'pending' : 'sent', end]);
  });

  it('UTC, where nobody says another', async () => {
    await begin({ quietHours: NIGHT }, '2026-06-10T21:30:00Z');
    expect(iso((await sendOne({ profile: { telephone: '+13105550123' } })).notBefore)).toBe('2026-06-11T08:00:00.000Z');
  });

  it.each([
    ['Europe/Amsterdam', '2026-03-28T20:30:00Z', '2026-03-29T06:00:00.000Z'],
    ['Europe/Amsterdam', '2026-10-24T20:30:00Z', '2026-10-25T07:00:00.000Z'],
    ['America/New_York', '2026-03-08T02:30:00Z', '2026-03-08T12:00:00.000Z'],
    ['America/New_York', '2026-11-01T01:30:00Z', '2026-11-01T13:00:00.000Z'],
  ])('the clock on the wall in %s, over the change after %s', async (timeZone, moment, end) => {
    await begin({ quietHours: NIGHT }, moment);
    const held = await sendOne({ profile: { telephone: '+31646280994', timeZone } });
    expect(iso(held.notBefore)).toBe(end);
    goTo(end);
    expect((await send(held)).state).toBe('sent');
  });
});

describe('a frequency cap', () => {
  const START = '2026-06-10T09:00:00Z';
  const cap = { messages: 2, perHours: 2 };

  /** Sends messages one after the other, `everyMs` apart, and answers the last. */
  async function sendInTurn(messages: readonly Message[], everyMs: number): Promise<Message> {
    const [first, ...others] = messages;
    if (!first) throw new Error('There is nothing to send.');
    let last = await send(first);
    for (const message of others) {
      setting.clock.advance(everyMs);
      last = await send(message);
    }
    return last;
  }

  it('holds the message over it until the oldest leaves the window, to the millisecond', async () => {
    await begin({ frequencyCaps: [cap] }, START);
    const held = await sendInTurn(await given({}, MARKETING, MARKETING, MARKETING), 60_000);
    expect(held).toMatchObject({
      state: 'pending',
      attempt: 0,
      error: { code: 'frequency_capped', class: 'throttled' },
    });
    expect(iso(held.notBefore)).toBe('2026-06-10T11:00:00.000Z');
    expect(setting.observe.counts.get('MessageHeld/sms')).toBe(1);
    goTo('2026-06-10T10:59:59.999Z');
    expect((await send(held)).state).toBe('pending');
    goTo('2026-06-10T11:00:00Z');
    expect((await send(held)).state).toBe('sent');
    expect(requests()).toHaveLength(3);
  });

  it('is judged at the moment of sending, not by what was held before', async () => {
    await begin({ frequencyCaps: [cap] }, START);
    const moment = Date.parse(START);
    const ago = (minutes: number) => ({ ...MARKETING, state: 'sent' as const, sentAt: moment - minutes * 60_000 });
    const at = (hours: number, message: Partial<Message>) => ({ due: moment - hours * HOUR_MS, ...message });
    const [, , justOut] = await given({}, at(5, ago(120)), at(4, ago(119)), MARKETING);
    expect((await send(justOut ?? fail())).state).toBe('sent');
    const profile = { telephone: '+31612345678' };
    const [, , justIn] = await given({ profile }, at(5, ago(119)), at(4, ago(118)), MARKETING);
    expect(iso((await send(justIn ?? fail())).notBefore)).toBe('2026-06-10T09:01:00.000Z');
  });

  it('counts when a message left, however long before it was due', async () => {
    await begin({ frequencyCaps: [{ messages: 1, perHours: 1 }] }, START);
    const [late, next] = await given({}, { ...MARKETING, due: Date.parse(START) - 23 * HOUR_MS }, MARKETING);
    await send(late);
    setting.clock.advance(HOUR_MS - 1);
    expect((await send(next ?? fail())).state).toBe('pending');
  });

  it('still counts a message that was delivered and read since', async () => {
    await begin({ frequencyCaps: [{ messages: 1, perHours: 1 }] }, START);
    const sentAt = Date.parse(START) - HOUR_MS + 1;
    const receipt = { status: 'read' as const, at: Date.parse(START) };
    const [, next] = await given({}, { ...MARKETING, due: sentAt, state: 'sent', sentAt, receipt }, MARKETING);
    expect(iso((await send(next ?? fail())).notBefore)).toBe('2026-06-10T09:00:00.001Z');
  });

  it('knows what a message was for whose body is kept apart', async () => {
    await begin({ frequencyCaps: [{ messages: 1, perHours: 1 }] }, START);
    const long = { ...MARKETING, text: 'x'.repeat(1_500) };
    expect((await sendInTurn(await given({}, long, long), 1_000)).state).toBe('pending');
  });

  it.each<[string, Partial<Message>]>([
    ['of another purpose', {}],
    ['that failed', { ...MARKETING, state: 'failed' }],
    ['that was withdrawn', { ...MARKETING, state: 'canceled' }],
    ['that its fallback replaced', { ...MARKETING, state: 'sent', fallbackBy: 'aaa000000000000000000999' }],
    ['of another touchpoint', { ...MARKETING, touchpoint: 'email' }],
  ])('does not count a message %s', async (_what, message) => {
    await begin({ frequencyCaps: [{ messages: 1, perHours: 1, touchpoints: ['sms'] }] }, START);
    const sentAt = Date.parse(START) - 1_000;
    const [, next] = await given({}, { state: 'sent', sentAt, due: sentAt, ...message }, MARKETING);
    expect((await send(next ?? fail())).state).toBe('sent');
  });

  it('does not hold a message of another purpose or touchpoint', async () => {
    await begin({ frequencyCaps: [{ messages: 1, perHours: 1, touchpoints: ['sms'] }] }, START);
    const [first, transaction, email] = await given({}, MARKETING, {}, { ...MARKETING, touchpoint: 'email' });
    expect((await send(first)).state).toBe('sent');
    expect((await send(transaction ?? first)).state).toBe('sent');
    expect((await send(email ?? first, 'email')).state).toBe('sent');
  });

  it('is of one contact, not of all', async () => {
    await begin({ frequencyCaps: [{ messages: 1, perHours: 1 }] }, START);
    expect((await sendOne()).state).toBe('sent');
    expect((await sendOne({ profile: { telephone: '+31612345678' } })).state).toBe('sent');
  });

  it('holds for the longest of several', async () => {
    await begin(
      {
        frequencyCaps: [
          { messages: 1, perHours: 1 },
          { messages: 2, perHours: 5 },
        ],
      },
      START,
    );
    const [first, second, third] = await given({}, MARKETING, MARKETING, MARKETING);
    await send(first);
    expect(iso((await send(second ?? first)).notBefore)).toBe('2026-06-10T10:00:00.000Z');
    goTo('2026-06-10T10:00:00Z');
    expect((await send(second ?? first)).state).toBe('sent');
    expect(iso((await send(third ?? first)).notBefore)).toBe('2026-06-10T14:00:00.000Z');
  });

  it('fails the message that would expire before it has room', async () => {
    await begin({ frequencyCaps: [{ messages: 1, perHours: 24 }] }, START);
    const [first, second] = await given({}, MARKETING, MARKETING);
    await send(first);
    const failed = await send(second ?? first);
    expect(failed).toMatchObject({ state: 'failed', error: { code: 'frequency_capped', class: 'permanent' } });
  });

  it('is kept when the message before is still on its way', async () => {
    await begin({ frequencyCaps: [{ messages: 1, perHours: 24 }] }, START);
    const [first, second] = await given({}, MARKETING, MARKETING);
    const seen: Message[] = [];
    setting.providers.sms.answers(async () => {
      seen.push(await send(second ?? first));
      return { outcome: 'accepted', providerId: 'SM1' };
    });
    expect((await send(first)).state).toBe('sent');
    expect(seen).toMatchObject([{ state: 'pending', notBefore: Date.parse(START) + 45_000 }]);
    expect(requests()).toHaveLength(1);
  });

  it('gives way to quiet hours while these last', async () => {
    await begin({ quietHours: NIGHT, frequencyCaps: [{ messages: 1, perHours: 12 }] }, '2026-06-10T18:00:00Z');
    const [first, second] = await given({}, MARKETING, MARKETING);
    await send(first);
    goTo('2026-06-10T19:30:00Z');
    expect(await send(second ?? first)).toMatchObject({ error: { code: 'quiet_hours' } });
    goTo('2026-06-11T06:00:00Z');
    expect((await send(second ?? first)).state).toBe('sent');
  });
});

describe('without settings for it', () => {
  it('marketing is sent at any hour, as often as there is some', async () => {
    await begin({}, '2026-06-10T23:00:00Z');
    for (const message of await given({}, ...Array.from({ length: 5 }, () => MARKETING))) {
      expect((await send(message)).state).toBe('sent');
    }
  });
});

const fail = (): never => {
  throw new Error('There is no such message.');
};
