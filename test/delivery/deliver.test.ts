import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ServiceSchema, TemplateSchema } from '../../shared/contracts/configuration.ts';
import { deliver } from '../../shared/delivery/deliver.ts';
import type { DeliveryParts } from '../../shared/delivery/parts.ts';
import type { Message, MessageState } from '../../shared/domain/message.ts';
import { MAX_ATTEMPTS } from '../../shared/domain/retry.ts';
import { parseTelephone } from '../../shared/domain/telephone.ts';
import type { Touchpoint } from '../../shared/domain/touchpoint.ts';
import { WHATSAPP_WINDOW_MS } from '../../shared/domain/whatsapp-window.ts';
import type { Rejected, SendResult } from '../../shared/providers/provider.ts';
import { TryLaterError } from '../../shared/queue/consume.ts';
import { EnqueueError } from '../../shared/queue/send.ts';
import { createConfigurationReader, putService } from '../../shared/store/configuration.ts';
import { changeConsent, readConsent } from '../../shared/store/consent.ts';
import { giveUpLease, resolveUnknown } from '../../shared/store/deliveries.ts';
import { applyEvidence } from '../../shared/store/evidence.ts';
import type { Table } from '../../shared/store/table.ts';
import { putTemplate, setTemplateStatus } from '../../shared/store/templates.ts';
import { cancel } from '../../shared/store/withdrawals.ts';
import { aConversation, NOW, tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';
import {
  createSetting,
  deliveryOf,
  EMAIL,
  inSeconds,
  PEPPER,
  PUBLIC_URL,
  SECRET,
  type Setting,
  TELEPHONE,
} from './setting.ts';

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

const invocation = { remainingMs: () => 30_000 };
const send = (message: Message, touchpoint: Touchpoint = 'sms', overrides: Partial<DeliveryParts> = {}) =>
  deliver({ ...setting.delivery(touchpoint), ...overrides }, deliveryOf(message), invocation);
const requests = (touchpoint: Touchpoint = 'sms') => setting.providers[touchpoint].requests;
const rejected = (overrides: Partial<Rejected> = {}): SendResult => ({
  outcome: 'rejected',
  class: 'permanent',
  scope: 'request',
  code: '4711',
  message: 'No.',
  ...overrides,
});
const STOP = { kind: 'stop', source: 'reply', reason: 'reply' } as const;
const smsReach = () => {
  const telephone = parseTelephone(TELEPHONE);
  if (!telephone.ok) throw new Error('The telephone of these tests is valid.');
  return { organization: setting.organization, touchpoint: 'sms', matchKey: telephone.matchKey } as const;
};

describe('a delivery', () => {
  it('is one call to the provider with all that it needs, recorded, and the next is woken', async () => {
    const { messages } = await setting.given({}, { text: 'Hi' }, { due: inSeconds(3) });
    const [message] = messages;
    await send(message);
    expect(requests()).toEqual([
      {
        correlation: { conversation: message.conversation, key: message.key, attempt: 0, message: message.id },
        touchpoint: 'sms',
        service: {
          id: setting.services.sms,
          organization: setting.organization,
          type: 'twilio',
          params: { accountSid: 'AC1', from: '+15550001111' },
        },
        secret: SECRET,
        to: TELEPHONE,
        content: { kind: 'text', text: 'Hi' },
        publicUrl: PUBLIC_URL,
        timeoutMs: 10_000,
      },
    ]);
    expect(await setting.message(message)).toMatchObject({
      state: 'sent',
      providerId: 'twilio-1',
      receipt: { status: 'accepted', at: NOW },
      service: setting.services.sms,
      provider: 'twilio',
    });
    expect(setting.takeTicks()).toEqual([[messages[1]?.key, 3]]);
    expect(setting.observe.counts.get('MessageSent/sms')).toBe(1);
  });

  it('that comes twice calls the provider once, and wakes the next again', async () => {
    const { messages } = await setting.given({}, {}, {});
    await send(messages[0]);
    await send(messages[0]);
    expect(requests()).toHaveLength(1);
    expect(setting.takeTicks()).toEqual([
      [messages[1]?.key, 0],
      [messages[1]?.key, 0],
    ]);
  });

  it('that comes ten times at once calls the provider once', async () => {
    const { messages } = await setting.given({});
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => send(messages[0])));
    expect(requests()).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(TryLaterError);
    }
  });

  it('is left on its queue, unclaimed, when too little of the invocation is left', async () => {
    const { messages } = await setting.given({});
    const parts = setting.delivery('sms');
    await expect(deliver(parts, deliveryOf(messages[0]), { remainingMs: () => 12_999 })).rejects.toBeInstanceOf(
      TryLaterError,
    );
    expect(await setting.message(messages[0])).toEqual(messages[0]);
    await deliver(parts, deliveryOf(messages[0]), { remainingMs: () => 13_000 });
    expect((await setting.message(messages[0])).state).toBe('sent');
  });

  it('of a message that is not there does nothing', async () => {
    const { messages } = await setting.given({});
    await send({ ...messages[0], conversation: aConversation().id });
    expect([requests(), setting.takeTicks()]).toEqual([[], []]);
  });

  it('whose next could not be woken stays on its queue, and wakes it then', async () => {
    const { messages } = await setting.given({}, {}, {});
    setting.ticks.refuseNext();
    await expect(send(messages[0])).rejects.toBeInstanceOf(EnqueueError);
    await send(messages[0]);
    expect(requests()).toHaveLength(1);
    expect(setting.takeTicks()).toEqual([[messages[1]?.key, 0]]);
  });
});

describe('a claim that is lost', () => {
  it.each<MessageState>(['sent', 'failed', 'done', 'canceled', 'moved'])('to %s wakes the next', async (state) => {
    const { messages } = await setting.given({}, { state }, {});
    await send(messages[0]);
    expect(requests()).toEqual([]);
    expect(setting.takeTicks()).toEqual([[messages[1]?.key, 0]]);
  });

  it('to a live lease leaves the delivery on its queue', async () => {
    const { messages } = await setting.given({}, { state: 'sending', token: 't', lease: NOW + 1 });
    await expect(send(messages[0])).rejects.toBeInstanceOf(TryLaterError);
    expect(await setting.message(messages[0])).toEqual(messages[0]);
    expect([requests(), setting.takeTicks()]).toEqual([[], []]);
  });

  it('to a lease that is over makes the message unknown, and comes back at the end of the window', async () => {
    const { messages } = await setting.given({}, { state: 'sending', token: 't', lease: NOW }, {});
    await send(messages[0]);
    expect(await setting.message(messages[0])).toMatchObject({ state: 'unknown', until: NOW + 120_000, unclear: true });
    expect(requests()).toEqual([]);
    expect(setting.takeTicks()).toEqual([[messages[0].key, 120]]);
  });

  it.each<[string, Partial<Message>, number, number]>([
    ['one that is unknown', { state: 'unknown', token: 't', until: inSeconds(90) }, 0, 90],
    ['a later attempt', { attempt: 2, notBefore: inSeconds(4) }, 1, 4],
    ['an attempt that has to wait', { attempt: 1, notBefore: inSeconds(4) }, 1, 4],
    ['one that is not due by this clock', { due: inSeconds(2) }, 0, 2],
  ])('to %s ticks it for its moment', async (_what, overrides, attempt, delay) => {
    const { messages } = await setting.given({}, overrides, {});
    await deliver(setting.delivery('sms'), deliveryOf(messages[0], { attempt }), invocation);
    expect(await setting.message(messages[0])).toEqual(messages[0]);
    expect(requests()).toEqual([]);
    expect(setting.takeTicks()).toEqual([[messages[0].key, delay]]);
  });
});

describe('what the provider answers', () => {
  it.each<['throttled' | 'retryable']>([['throttled'], ['retryable']])(
    '%s: comes back at the next attempt, later; the next waits',
    async (failure) => {
      const { messages } = await setting.given({}, {}, {});
      setting.providers.sms.answers(rejected({ class: failure, retryAfterMs: 7_000 }));
      await send(messages[0]);
      const after = await setting.message(messages[0]);
      expect(after).toMatchObject({
        state: 'pending',
        attempt: 1,
        notBefore: inSeconds(7),
        error: { code: '4711', class: failure },
      });
      expect([after.token, after.lease]).toEqual([undefined, undefined]);
      expect(setting.takeTicks()).toEqual([[messages[0].key, 7]]);
      expect(setting.observe.counts.get('MessageRetried/sms')).toBe(1);
    },
  );

  it('throttled at the last attempt: fails as exhausted, and the next is woken', async () => {
    const { messages } = await setting.given({}, { attempt: MAX_ATTEMPTS - 1 }, {});
    setting.providers.sms.answers(rejected({ class: 'throttled' }));
    await send(messages[0]);
    expect(await setting.message(messages[0])).toMatchObject({ state: 'failed', error: { code: 'exhausted' } });
    expect(setting.takeTicks()).toEqual([[messages[1]?.key, 0]]);
  });

  it('permanent: fails with the reason, and the next is woken', async () => {
    const { messages } = await setting.given({}, {}, {});
    setting.providers.sms.answers(rejected());
    await send(messages[0]);
    expect(await setting.message(messages[0])).toMatchObject({
      state: 'failed',
      error: { code: '4711', class: 'permanent', message: 'No.' },
      provider: 'twilio',
    });
    expect(setting.takeTicks()).toEqual([[messages[1]?.key, 0]]);
  });

  it('nothing clear: unknown for its window, then comes back; the next waits', async () => {
    const { messages } = await setting.given({}, {}, {});
    setting.providers.sms.answers(rejected({ class: 'ambiguous', code: 'timeout' }));
    await send(messages[0]);
    expect(await setting.message(messages[0])).toMatchObject({
      state: 'unknown',
      until: NOW + 120_000,
      unclear: true,
      error: { code: 'timeout' },
    });
    expect(setting.takeTicks()).toEqual([[messages[0].key, 120]]);
  });

  it('that the person opted out: fails, and the next does not even leave', async () => {
    const { messages } = await setting.given({}, {}, {});
    setting.providers.sms.answers(rejected({ effect: 'opt_out', code: '21610' }));
    await send(messages[0]);
    expect((await readConsent(table, PEPPER, smsReach())).stop).toMatchObject({ on: true, reason: '21610' });
    await send(messages[1] ?? messages[0]);
    expect(requests()).toHaveLength(1);
    expect(await setting.message(messages[1] ?? messages[0])).toMatchObject({
      state: 'failed',
      error: { code: 'opted_out' },
    });
  });
});

describe('an error of ours before the request leaves', () => {
  const broken = async () => {
    throw new Error('no secrets today');
  };

  it.each<[string, () => Partial<DeliveryParts>]>([
    ['the provider’s secret cannot be read', () => ({ secrets: { text: broken, fields: broken } })],
    ['the pepper cannot be read', () => ({ pepper: broken })],
    ['the configuration cannot be read', () => ({ configuration: { organization: broken, service: broken } })],
    ['the pace cannot be asked', () => ({ pace: { ask: broken } })],
  ])(
    'gives the message back at the same attempt, and leaves the delivery on its queue: %s',
    async (_what, overrides) => {
      const { messages } = await setting.given({}, { attempt: 2, notBefore: NOW });
      await expect(send(messages[0], 'sms', overrides())).rejects.toThrow('no secrets today');
      const after = await setting.message(messages[0]);
      expect([after.state, after.attempt, after.token, after.lease]).toEqual(['pending', 2, undefined, undefined]);
      expect(requests()).toEqual([]);
      await send(messages[0]);
      expect((await setting.message(messages[0])).state).toBe('sent');
    },
  );
});

describe('what happens while the provider has the message', () => {
  const evidence = (message: Message, status: 'delivered' | 'failed') => async () => {
    const seen = await setting.message(message);
    const state = status === 'failed' ? 'failed' : 'sent';
    await applyEvidence(table, seen, NOW, { state, receipt: { status, at: NOW }, providerId: 'SM-callback' });
  };
  const accepted: SendResult = { outcome: 'accepted', providerId: 'SM-answer' };

  it.each<[string, SendResult]>([
    ['accepted', accepted],
    ['unclear', rejected({ class: 'ambiguous' })],
    ['refused', rejected()],
    ['throttled', rejected({ class: 'throttled' })],
  ])('a callback that it was delivered stands, when the answer then is %s', async (_what, answer) => {
    const { messages } = await setting.given({}, {}, {});
    setting.providers.sms.answers(async () => {
      await evidence(messages[0], 'delivered')();
      return answer;
    });
    await send(messages[0]);
    expect(await setting.message(messages[0])).toMatchObject({
      state: 'sent',
      receipt: { status: 'delivered' },
      providerId: 'SM-callback',
    });
    expect(setting.takeTicks()).toEqual([[messages[1]?.key, 0]]);
  });

  it('a callback that it failed stands, when the answer then is accepted', async () => {
    const { messages } = await setting.given({}, {}, {});
    setting.providers.sms.answers(async () => {
      await evidence(messages[0], 'failed')();
      return accepted;
    });
    await send(messages[0]);
    expect((await setting.message(messages[0])).state).toBe('failed');
    expect(setting.takeTicks()).toEqual([[messages[1]?.key, 0]]);
  });

  it('an answer after the lease is still recorded, while nobody decided', async () => {
    const { messages } = await setting.given({}, {}, {});
    setting.providers.sms.answers(async () => {
      setting.clock.advance(50_000);
      const { token } = await setting.message(messages[0]);
      await giveUpLease(table, messages[0], { token, now: setting.clock.now(), until: setting.clock.now() + 120_000 });
      return accepted;
    });
    await send(messages[0]);
    expect(await setting.message(messages[0])).toMatchObject({ state: 'sent', providerId: 'SM-answer' });
  });

  it('an answer after it was decided to send again changes nothing', async () => {
    const { messages } = await setting.given({}, {}, {});
    const [message] = messages;
    setting.providers.sms.answers(async () => {
      const { token } = await setting.message(message);
      await giveUpLease(table, message, { token, now: NOW, until: NOW });
      await resolveUnknown(
        table,
        message,
        { attempt: 0, now: NOW, lookedUp: false },
        { state: 'pending', attempt: 1, notBefore: inSeconds(9) },
      );
      return accepted;
    });
    await send(message);
    expect(await setting.message(message)).toMatchObject({ state: 'pending', attempt: 1 });
    expect(setting.takeTicks()).toEqual([[message.key, 9]]);
  });

  it('nobody else can claim, cancel or send it', async () => {
    const { messages } = await setting.given({});
    setting.providers.sms.answers(async () => {
      await expect(send(messages[0])).rejects.toBeInstanceOf(TryLaterError);
      expect((await cancel(table, messages[0], NOW)).changed).toBe(false);
      return accepted;
    });
    await send(messages[0]);
    expect(requests()).toHaveLength(1);
  });
});

/** The contact wrote to our WhatsApp number at this moment. */
const openedAt = (windowAt: number) => ({ windowAt, windowBy: setting.services.whatsapp });

describe('the gate before the provider', () => {
  const failure = async (touchpoint: Touchpoint, message: Message) => {
    await send(message, touchpoint);
    expect(requests(touchpoint)).toEqual([]);
    const { state, error } = await setting.message(message);
    return [state, error?.code];
  };

  it('is closed to those who opted out of the touchpoint, and open by others', async () => {
    await changeConsent(setting.hooks, smsReach(), STOP);
    const { messages } = await setting.given(openedAt(NOW), {}, { touchpoint: 'whatsapp' }, { touchpoint: 'email' });
    expect(await failure('sms', messages[0])).toEqual(['failed', 'opted_out']);
    expect(setting.takeTicks()).toEqual([[messages[1]?.key, 0]]);
    await send(messages[1] ?? messages[0], 'whatsapp');
    await send(messages[2] ?? messages[0], 'email');
    expect([requests('whatsapp').length, requests('email').length]).toEqual([1, 1]);
  });

  it('asks for the opt-out after the claim: one that is stored right then is seen', async () => {
    const { messages } = await setting.given({});
    const pepper = async () => {
      expect((await setting.message(messages[0])).state).toBe('sending');
      await changeConsent(setting.hooks, smsReach(), STOP);
      return PEPPER;
    };
    await send(messages[0], 'sms', { pepper });
    expect(requests()).toEqual([]);
    expect((await setting.message(messages[0])).error?.code).toBe('opted_out');
  });

  it.each<[string, Touchpoint, object, string]>([
    ['a contact who was deleted', 'sms', { deletedAt: NOW }, 'contact_deleted'],
    ['a contact without a telephone', 'sms', { profile: { email: EMAIL } }, 'no_address'],
    ['a contact without an email', 'email', { profile: { telephone: TELEPHONE } }, 'no_address'],
    ['free text by WhatsApp to one who never wrote', 'whatsapp', {}, 'window_closed'],
  ])('is closed to %s', async (_whom, touchpoint, conversation, code) => {
    const { messages } = await setting.given(conversation, { touchpoint });
    expect(await failure(touchpoint, messages[0])).toEqual(['failed', code]);
  });

  it.each<[string, () => object]>([
    ['after a day', () => openedAt(NOW - WHATSAPP_WINDOW_MS)],
    ['from another number than they wrote to', () => ({ ...openedAt(NOW), windowBy: 'another' })],
  ])('is closed to free text by WhatsApp %s', async (_when, window) => {
    const { messages } = await setting.given(window(), { touchpoint: 'whatsapp' });
    expect(await failure('whatsapp', messages[0])).toEqual(['failed', 'window_closed']);
  });

  it.each<[string, string]>([
    ['another language', 'de'],
    ['one that is not approved any more', 'en'],
  ])('is closed to a template in %s', async (_which, language) => {
    const template = { name: 'car_ready', language, parameters: ['John'] };
    const { messages } = await setting.given({}, { touchpoint: 'whatsapp', template });
    expect(await failure('whatsapp', messages[0])).toEqual(['failed', 'template_unavailable']);
  });

  it('is open to a service and a template that were made after the configuration was read', async () => {
    const { organization, services } = setting;
    const { messages } = await setting.given(
      {},
      { touchpoint: 'sms' },
      { touchpoint: 'whatsapp', template: { name: 'car_sold', language: 'nl', parameters: [] } },
    );
    const twilio = { id: services.sms, organization, type: 'twilio', params: { accountSid: 'AC1', secret: 'secret' } };
    await putService(table, ServiceSchema.parse({ ...twilio, status: 'disabled' }));
    await setting.delivery('sms').configuration.organization(organization);
    setting.clock.advance(1_000);
    await putService(table, ServiceSchema.parse(twilio));
    await putTemplate(
      table,
      TemplateSchema.parse({ organization, name: 'car_sold', language: 'nl', status: 'APPROVED', text: 'Verkocht!' }),
    );
    await send(messages[0], 'sms');
    await send(messages[1] ?? messages[0], 'whatsapp');
    expect(setting.providers.sms.requests).toHaveLength(1);
    expect(setting.providers.whatsapp.requests).toMatchObject([{ content: { kind: 'template', name: 'car_sold' } }]);
  });

  it('is closed where the organization has no service any more', async () => {
    const disabled = {
      id: setting.services.sms,
      organization: setting.organization,
      type: 'twilio',
      status: 'disabled',
    };
    await putService(table, ServiceSchema.parse(disabled));
    const { messages } = await setting.given({});
    expect(await failure('sms', messages[0])).toEqual(['failed', 'no_service']);
  });
});

describe('a template that the provider refuses because it is off', () => {
  const template = { name: 'car_ready', language: 'nl', parameters: ['John'] };
  const refusal = rejected({ code: '132015', message: 'Template is paused', effect: 'template_off' });

  it('fails its message, and keeps the later ones from trying, with the reason', async () => {
    const { messages } = await setting.given(
      {},
      { touchpoint: 'whatsapp', template },
      { touchpoint: 'whatsapp', template },
    );
    setting.providers.whatsapp.answers(refusal);
    await send(messages[0], 'whatsapp');
    expect((await setting.message(messages[0])).error?.code).toBe('132015');
    setting.clock.advance(61_000);
    await send(messages[1] ?? messages[0], 'whatsapp');
    expect(requests('whatsapp')).toHaveLength(1);
    expect((await setting.message(messages[1] ?? messages[0])).error).toEqual({
      code: 'template_unavailable',
      class: 'permanent',
      message: 'The template "car_ready" (nl) is not approved any more: it is PAUSED (Template is paused).',
    });
  });

  it('stays as Meta left it since', async () => {
    const { messages } = await setting.given({}, { touchpoint: 'whatsapp', template });
    const { organization } = setting;
    setting.providers.whatsapp.answers(async () => {
      await setTemplateStatus(table, { organization, ...template }, { status: 'REJECTED', reason: 'SCAM', now: NOW });
      return refusal;
    });
    await send(messages[0], 'whatsapp');
    const stored = (await createConfigurationReader(table, setting.clock).organization(organization))?.templates[0];
    expect([stored?.status, stored?.reason]).toEqual(['REJECTED', 'SCAM']);
  });
});

describe('free text with a fallback', () => {
  const use = { name: 'car_ready', language: 'nl', parameters: ['John'] };
  const fallback = { use, text: 'Klaar, John!' };
  const refusal = rejected({ code: '131047', effect: 'needs_template' });
  const asText = { kind: 'text', text: 'Hi' };
  const asTemplate = { kind: 'template', ...use, text: 'Klaar, John!' };
  const given = async (conversation: object, message: Partial<Message> = {}) => {
    const { messages } = await setting.given(conversation, {
      touchpoint: 'whatsapp',
      text: 'Hi',
      fallback,
      ...message,
    });
    return messages[0];
  };
  const contents = () => requests('whatsapp').map(({ content }) => content);
  const again = async (message: Message) => send(await setting.message(message), 'whatsapp');

  it.each<[string, () => object, object, boolean | undefined]>([
    ['is the text while the window is open', () => openedAt(NOW), asText, undefined],
    ['is the fallback when it is not', () => ({}), asTemplate, true],
  ])('%s, and the message keeps which', async (_, window, content, fallbackUsed) => {
    const message = await given(window());
    await send(message, 'whatsapp');
    expect(contents()).toEqual([content]);
    expect(await setting.message(message)).toMatchObject({ state: 'sent', text: 'Hi' });
    expect((await setting.message(message)).fallbackUsed).toBe(fallbackUsed);
  });

  it('is decided anew after an attempt that did not leave', async () => {
    const message = await given(openedAt(NOW - WHATSAPP_WINDOW_MS + 1000));
    setting.providers.whatsapp.answers(rejected({ class: 'throttled' }));
    await send(message, 'whatsapp');
    setting.clock.advance(5000);
    await again(message);
    expect(contents()).toEqual([asText, asTemplate]);
  });

  it('goes as the fallback at once when the provider takes no text', async () => {
    const message = await given(openedAt(NOW));
    setting.providers.whatsapp.answers(refusal);
    await send(message, 'whatsapp');
    expect(await setting.message(message)).toMatchObject({ state: 'pending', attempt: 1, fallbackUsed: true });
    expect(setting.takeTicks()).toEqual([[message.key, 0]]);
    await again(message);
    expect(contents()).toEqual([asText, asTemplate]);
    expect(await setting.message(message)).toMatchObject({ state: 'sent', fallbackUsed: true });
  });

  it('fails when the fallback is refused too', async () => {
    const message = await given(openedAt(NOW));
    setting.providers.whatsapp.answers(refusal, refusal);
    await send(message, 'whatsapp');
    await again(message);
    expect(await setting.message(message)).toMatchObject({ state: 'failed', error: { code: '131047' } });
  });

  it('is found wherever the message is kept', async () => {
    const message = await given(openedAt(NOW), { text: 'x'.repeat(1_500) });
    setting.providers.whatsapp.answers(refusal);
    await send(message, 'whatsapp');
    await again(message);
    expect(contents().at(-1)).toEqual(asTemplate);
  });

  it('fails when its template is off and the window closed', async () => {
    const message = await given({}, { fallback: { ...fallback, use: { ...use, language: 'de' } } });
    await send(message, 'whatsapp');
    expect((await setting.message(message)).error?.code).toBe('template_unavailable');
  });

  it('is refused like any other without one', async () => {
    const { messages } = await setting.given(openedAt(NOW), { touchpoint: 'whatsapp' });
    setting.providers.whatsapp.answers(refusal);
    await send(messages[0], 'whatsapp');
    expect((await setting.message(messages[0])).state).toBe('failed');
  });
});

describe('what goes out', () => {
  const contentOf = async (touchpoint: Touchpoint, message: Partial<Message>, conversation: object = {}) => {
    const { messages } = await setting.given(conversation, { touchpoint, ...message });
    await send(messages[0], touchpoint);
    return requests(touchpoint)[0];
  };

  it('is free text by WhatsApp until the last moment of the window', async () =>
    expect((await contentOf('whatsapp', { text: 'Hi' }, openedAt(NOW - WHATSAPP_WINDOW_MS + 1)))?.content).toEqual({
      kind: 'text',
      text: 'Hi',
    }));

  it('is a template at any time', async () => {
    const template = { name: 'car_ready', language: 'nl', parameters: ['John'] };
    expect((await contentOf('whatsapp', { text: 'Klaar, John!', template }))?.content).toEqual({
      kind: 'template',
      ...template,
      text: 'Klaar, John!',
    });
  });

  it.each<[string, Partial<Message>, object, string]>([
    ['its own', { meta: { subject: 'Your car' } }, { emailSubject: 'News' }, 'Your car'],
    ['the organization’s', { meta: { subject: ' ' } }, { emailSubject: 'News' }, 'News'],
    ['one made of the organization’s name', {}, {}, 'Message from Garage'],
  ])('by email has a subject: %s', async (_whose, message, settings, subject) => {
    setting = await createSetting(table, settings);
    expect(await contentOf('email', { text: 'Hi', ...message })).toMatchObject({
      to: EMAIL,
      content: { kind: 'email', subject, text: 'Hi' },
    });
  });

  it('by email as HTML has a plain reading too', async () => {
    const html = '<p>Hi <b>John</b>&nbsp;&amp; co</p><br>Bye &lt;3';
    expect((await contentOf('email', { contentType: 'text/html', text: html }))?.content).toMatchObject({
      html,
      text: expect.stringMatching(/^Hi John & co\n+Bye <3$/),
    });
  });

  it('is whole, however large', async () => {
    const text = 'x'.repeat(1_500);
    expect((await contentOf('sms', { text }))?.content).toEqual({ kind: 'text', text });
  });

  it.each([
    ['GARAGE', 'GARAGE'],
    ['', undefined],
  ])('comes from the sender that the message names: %j', async (SenderID, senderId) =>
    expect((await contentOf('sms', { meta: { SenderID } }))?.senderId).toBe(senderId),
  );

  it('goes to the contact’s address of today', async () =>
    expect((await contentOf('sms', {}, { profile: { telephone: '+31612345678' } }))?.to).toBe('+31612345678'));
});

describe('the pace of a sender', () => {
  it('that is used up gives the message back at its attempt, for the next second', async () => {
    const { messages } = await setting.given({}, { attempt: 1 }, {});
    const at = inSeconds(1.4);
    await send(messages[0], 'sms', { pace: { ask: async () => ({ go: false, at }) } });
    const after = await setting.message(messages[0]);
    expect([after.state, after.attempt, after.notBefore, after.token]).toEqual(['pending', 1, at, undefined]);
    expect(requests()).toEqual([]);
    expect(setting.takeTicks()).toEqual([[messages[0].key, 2]]);
    expect(setting.observe.counts.get('MessagePaced/sms')).toBe(1);
  });
});
