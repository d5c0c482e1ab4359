import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deliver } from '../../shared/delivery/deliver.ts';
import type { DeliveryParts } from '../../shared/delivery/parts.ts';
import type { Message } from '../../shared/domain/message.ts';
import { changeConsent } from '../../shared/store/consent.ts';
import { attachIdentities } from '../../shared/store/conversations.ts';
import { applyEvidence } from '../../shared/store/evidence.ts';
import { identityOf } from '../../shared/store/identities.ts';
import { appendMessages } from '../../shared/store/messages.ts';
import type { Table } from '../../shared/store/table.ts';
import { aMessage, NOW, tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';
import { createSetting, deliveryOf, inSeconds, PEPPER, type Setting, TELEPHONE } from './setting.ts';

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

const unclear = (overrides: Partial<Message> = {}): Partial<Message> => ({
  due: inSeconds(-120),
  state: 'unknown',
  attempt: 1,
  token: 't',
  until: NOW,
  unclear: true,
  firstSentAt: inSeconds(-150),
  error: { code: 'timeout', class: 'ambiguous', message: 'No answer.' },
  ...overrides,
});
const settle = (message: Message, overrides: Partial<DeliveryParts> = {}) =>
  deliver({ ...setting.delivery('sms'), ...overrides }, deliveryOf(message, { resolve: true }), {
    remainingMs: () => 30_000,
  });
const lookups = () => setting.providers.sms.lookups;
const requests = () => setting.providers.sms.requests;

describe('an SMS of which nobody knows whether it was sent', () => {
  it('is looked for from its first attempt on', async () => {
    const { messages } = await setting.given({}, unclear({ text: 'Hi', meta: { SenderID: 'GARAGE' } }));
    await settle(messages[0]);
    expect(lookups()).toEqual([
      {
        touchpoint: 'sms',
        correlation: expect.objectContaining({ message: messages[0]?.id, attempt: 1 }),
        service: expect.objectContaining({ id: setting.services.sms }),
        secret: expect.objectContaining({ authToken: expect.any(String) }),
        to: TELEPHONE,
        content: { kind: 'text', text: 'Hi' },
        senderId: 'GARAGE',
        since: inSeconds(-150),
        timeoutMs: 10_000,
      },
    ]);
  });

  it('that is found is sent, and the next is woken', async () => {
    const { messages } = await setting.given({}, unclear(), {});
    setting.providers.sms.finds({ outcome: 'found', providerIds: ['SM7'] });
    await settle(messages[0]);
    expect(await setting.message(messages[0])).toMatchObject({ state: 'sent', providerId: 'SM7' });
    expect(setting.takeTicks()).toEqual([[messages[1]?.key, 0]]);
  });

  it('that is not found goes out again, and is unclear no more', async () => {
    const { messages } = await setting.given({}, unclear(), {});
    setting.providers.sms.finds({ outcome: 'absent' });
    await settle(messages[0]);
    const after = await setting.message(messages[0]);
    expect([after.state, after.attempt, after.unclear, after.token]).toEqual(['pending', 2, undefined, undefined]);
    expect(setting.takeTicks()).toEqual([[messages[0].key, 0]]);
    expect(requests()).toEqual([]);
  });

  it('that is not found at the number of now fails, when the contact had another one: it may have gone there', async () => {
    const { conversation, messages } = await setting.given({}, unclear(), {});
    const another = identityOf(PEPPER, setting.organization, 'telephone', '+31600000009');
    await attachIdentities(table, { conversation, identities: [another], changes: {}, messages: [] });
    setting.providers.sms.finds({ outcome: 'absent' });
    await settle(messages[0]);
    expect(await setting.message(messages[0])).toMatchObject({ state: 'failed', error: { code: 'unknown' } });
    expect(setting.takeTicks()).toEqual([[messages[1]?.key, 0]]);
  });

  it('is asked for again later while the provider cannot tell', async () => {
    const { messages } = await setting.given({}, unclear(), {});
    setting.providers.sms.finds({ outcome: 'unclear', message: 'Twilio is down.' });
    await settle(messages[0]);
    expect(await setting.message(messages[0])).toMatchObject({ state: 'unknown', until: NOW + 120_000, unclear: true });
    expect(setting.takeTicks()).toEqual([[messages[0].key, 120]]);
  });

  it('fails when the provider could not tell until its day was over', async () => {
    const { messages } = await setting.given({}, unclear({ expiresAt: NOW - 1 }), {});
    setting.providers.sms.finds({ outcome: 'unclear', message: 'Twilio is down.' });
    await settle(messages[0]);
    expect(await setting.message(messages[0])).toMatchObject({ state: 'failed', error: { code: 'unknown' } });
    expect(setting.takeTicks()).toEqual([[messages[1]?.key, 0]]);
  });

  it('fails where the provider has no lookup', async () => {
    const { messages } = await setting.given({}, unclear(), {});
    const { lookup: _lookup, ...mute } = setting.providers.sms;
    await settle(messages[0], { providers: { twilio: mute } });
    expect(await setting.message(messages[0])).toMatchObject({ state: 'failed', error: { code: 'unknown' } });
    expect(setting.takeTicks()).toEqual([[messages[1]?.key, 0]]);
  });

  it('never goes out again to one who opted out meanwhile', async () => {
    const { messages } = await setting.given({}, unclear(), {});
    const reach = { organization: setting.organization, touchpoint: 'sms', matchKey: TELEPHONE } as const;
    await changeConsent(setting.hooks, reach, { kind: 'stop', source: 'reply', reason: 'reply' });
    await settle(messages[0]);
    expect((await setting.message(messages[0])).state).toBe('failed');
  });
});

describe('what is found under the same text', () => {
  const sent = (providerId: string): Partial<Message> => ({ due: inSeconds(-130), state: 'sent', providerId });

  it('is not this message when it is known as another', async () => {
    const { messages } = await setting.given({}, unclear(), sent('SM1'));
    setting.providers.sms.finds({ outcome: 'found', providerIds: ['SM1'] });
    await settle(messages[0]);
    expect(await setting.message(messages[0])).toMatchObject({ state: 'pending', attempt: 2 });
  });

  it('is this message when there is one more than is known', async () => {
    const { messages } = await setting.given({}, unclear(), sent('SM1'));
    setting.providers.sms.finds({ outcome: 'found', providerIds: ['SM1', 'SM2'] });
    await settle(messages[0]);
    expect(await setting.message(messages[0])).toMatchObject({ state: 'sent', providerId: 'SM2' });
  });

  it('is told apart however many messages are planned for later', async () => {
    const { conversation, messages } = await setting.given({ seq: 62 }, unclear(), sent('SM1'));
    for (const half of [0, 1]) {
      const planned = Array.from({ length: 30 }, (_, index) =>
        aMessage({
          conversation: conversation.id,
          organization: setting.organization,
          seq: 3 + half * 30 + index,
          due: inSeconds(3_600),
        }),
      );
      await appendMessages(table, planned);
    }
    setting.providers.sms.finds({ outcome: 'found', providerIds: ['SM1'] });
    await settle(messages[0]);
    expect(await setting.message(messages[0])).toMatchObject({ state: 'pending', attempt: 2 });
  });
});

describe('a lookup that comes late or early', () => {
  it('is not made for a message that is sent by now; the next is woken', async () => {
    const { messages } = await setting.given({}, { state: 'sent', attempt: 1 }, {});
    await settle(messages[0]);
    expect(lookups()).toEqual([]);
    expect(setting.takeTicks()).toEqual([[messages[1]?.key, 0]]);
  });

  it.each<[string, Partial<Message>, number, number]>([
    ['before the window is over', { until: inSeconds(20) }, 1, 20],
    ['for another attempt', { attempt: 2, until: inSeconds(20) }, 1, 20],
    ['for one that goes out again', { state: 'pending', attempt: 2, until: undefined, notBefore: inSeconds(5) }, 1, 5],
  ])('is not made %s: it is ticked for its moment', async (_when, overrides, attempt, delay) => {
    const { messages } = await setting.given({}, unclear(overrides));
    await deliver(setting.delivery('sms'), deliveryOf(messages[0], { attempt, resolve: true }), {
      remainingMs: () => 30_000,
    });
    expect(lookups()).toEqual([]);
    expect(await setting.message(messages[0])).toEqual(messages[0]);
    expect(setting.takeTicks()).toEqual([[messages[0].key, delay]]);
  });

  it('stays on its queue when an error of ours prevents it, and nothing changes', async () => {
    const { messages } = await setting.given({}, unclear());
    const fields = async () => {
      throw new Error('no secrets today');
    };
    await expect(settle(messages[0], { secrets: { text: fields, fields } })).rejects.toThrow('no secrets today');
    expect(await setting.message(messages[0])).toEqual(messages[0]);
  });

  it('is decided by a callback that comes while the provider is asked', async () => {
    const { messages } = await setting.given({}, unclear(), {});
    const asked = {
      ...setting.providers.sms,
      lookup: async () => {
        await applyEvidence(table, messages[0], NOW, { state: 'sent', receipt: { status: 'delivered', at: NOW } });
        return { outcome: 'absent' as const };
      },
    };
    await settle(messages[0], { providers: { twilio: asked } });
    expect((await setting.message(messages[0])).state).toBe('sent');
    expect(setting.takeTicks()).toEqual([[messages[1]?.key, 0]]);
  });
});
