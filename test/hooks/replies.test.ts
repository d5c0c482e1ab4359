import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHooks } from '../../functions/hooks/serve.ts';
import { deliver } from '../../shared/delivery/deliver.ts';
import type { HttpRequest } from '../../shared/http/handler.ts';
import { markDeleted } from '../../shared/store/deletion.ts';
import { record } from '../../shared/store/deliveries.ts';
import { findOwners, identityOf } from '../../shared/store/identities.ts';
import { conversationKey } from '../../shared/store/keys.ts';
import { listNewest } from '../../shared/store/message-lists.ts';
import { writeRule } from '../../shared/store/rule-writes.ts';
import { type Table, updateItem } from '../../shared/store/table.ts';
import { createSetting, deliveryOf, inSeconds, PEPPER, type Setting, TELEPHONE } from '../delivery/setting.ts';
import { AGENT, aParticipant, NOW, newId, tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';
import { metaMessage, metaWebhook, twilioInbound } from './requests.ts';

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

const call = (request: HttpRequest, hooks = setting.hooks) => createHooks(hooks)(request);
const sms = (fields: Record<string, string> = {}) => call(twilioInbound(setting.services.sms, fields));
const whatsapp = (text: string, more: object = {}, contacts: object[] = []) =>
  call(metaWebhook(setting.services.whatsapp, { messages: [metaMessage(text, more)], contacts }));
const messagesOf = (conversation: string) => listNewest(table, conversation, 100);
const owner = async (telephone = TELEPHONE) =>
  (await findOwners(table, [identityOf(PEPPER, setting.organization, 'telephone', telephone)])).get('telephone');
const sendIt = (message: Parameters<typeof deliveryOf>[0]) =>
  deliver(setting.delivery('sms'), deliveryOf(message), { remainingMs: () => 30_000 });

describe('a reply of a contact', () => {
  it('by SMS is stored finished, and queues the closed conversation by SMS', async () => {
    const { conversation } = await setting.given({ status: 'closed', touchpoint: 'email' }, { state: 'sent' });
    setting.clock.advance(5_000);
    expect(await sms({ Body: 'Thanks!' })).toMatchObject({ statusCode: 200, body: '<Response></Response>' });
    expect(await setting.conversation(conversation.id)).toMatchObject({
      status: 'queued',
      channels: ['front-desk', 'workshop'],
      participants: { [AGENT]: { unreadCount: 1 } },
      touchpoint: 'sms',
      services: { sms: [setting.services.sms] },
      seq: 2,
      lastAt: NOW + 5_000,
    });
    expect((await messagesOf(conversation.id)).at(-1)).toMatchObject({
      state: 'done',
      role: 'contact',
      type: 'chat',
      text: 'Thanks!',
      touchpoint: 'sms',
      inbound: true,
      due: NOW + 5_000,
      service: setting.services.sms,
      provider: 'twilio',
      providerId: 'SM9',
    });
    expect(setting.observe.counts.get('ReplyReceived/sms')).toBe(1);
  });

  it('by WhatsApp opens its window; by SMS it does not', async () => {
    const { conversation } = await setting.given({ status: 'closed' }, { state: 'sent' });
    await sms();
    expect((await setting.conversation(conversation.id)).windowAt).toBeUndefined();
    await whatsapp('Hello?');
    expect(await setting.conversation(conversation.id)).toMatchObject({
      windowAt: NOW,
      windowBy: setting.services.whatsapp,
      touchpoint: 'whatsapp',
    });
  });

  it('to another WhatsApp number is answered from there; an older one that comes late changes nothing', async () => {
    const { conversation } = await setting.given({ services: { whatsapp: ['another'] } }, { state: 'sent' });
    await whatsapp('Hello?');
    expect((await setting.conversation(conversation.id)).services.whatsapp).toEqual([setting.services.whatsapp]);
    await updateItem(table, conversationKey(conversation.id), {
      set: { windowAt: NOW + 1, windowBy: 'another', 'services.whatsapp': ['another'] },
    });
    await whatsapp('Hello again?', { id: 'wamid.LATE' });
    expect(await setting.conversation(conversation.id)).toMatchObject({
      windowAt: NOW + 1,
      windowBy: 'another',
      services: { whatsapp: ['another'] },
    });
  });

  it('in an active conversation notifies nobody new', async () => {
    const participants = { [AGENT]: aParticipant({ active: true, accepted: true }) };
    const { conversation } = await setting.given({ status: 'active', participants }, { state: 'sent' });
    await sms();
    const after = await setting.conversation(conversation.id);
    expect([after.status, after.channels, after.participants[AGENT]?.unreadCount]).toEqual(['active', [], 1]);
  });

  it('keeps the service that the conversation uses', async () => {
    const { conversation } = await setting.given({ services: { sms: ['chosen'] } }, { state: 'sent' });
    await sms();
    expect((await setting.conversation(conversation.id)).services.sms).toEqual(['chosen']);
  });

  it('never waits behind a send, and nothing waits behind it', async () => {
    const { conversation, messages } = await setting.given(
      {},
      { state: 'sending', token: 't', lease: NOW + 45_000 },
      { due: inSeconds(60) },
    );
    setting.clock.advance(1_000);
    await sms();
    expect((await messagesOf(conversation.id)).map(({ state }) => state)).toEqual(['sending', 'done', 'pending']);
    expect(await setting.message(messages[0])).toEqual(messages[0]);
    expect(setting.takeTicks()).toEqual([]);
  });

  it('names its attachments', async () => {
    const { conversation } = await setting.given({}, { state: 'sent' });
    await sms({ Body: '', NumMedia: '1', MediaUrl0: 'https://api.twilio.com/media/1' });
    expect((await messagesOf(conversation.id)).at(-1)).toMatchObject({
      text: '[media]',
      meta: { media: ['https://api.twilio.com/media/1'] },
    });
  });

  it('never goes back in time, whatever this clock says', async () => {
    const { conversation } = await setting.given({ lastAt: NOW + 2_000 }, { state: 'sent' });
    await sms();
    expect((await messagesOf(conversation.id)).at(-1)?.due).toBe(NOW + 2_000);
  });

  it('of a number that a country writes in two ways is one person’s', async () => {
    const { conversation } = await setting.given({ profile: { telephone: '+5511961234567' } }, { state: 'sent' });
    await sms({ From: '+551161234567' });
    expect((await setting.conversation(conversation.id)).seq).toBe(2);
  });
});

describe('a reply that comes again', () => {
  it('is stored once, one after the other', async () => {
    const { conversation } = await setting.given({ status: 'closed' }, { state: 'sent' });
    await sms();
    const after = await setting.conversation(conversation.id);
    expect(await sms()).toMatchObject({ statusCode: 200 });
    expect(await setting.conversation(conversation.id)).toEqual(after);
    expect(await messagesOf(conversation.id)).toHaveLength(2);
  });

  it('is stored once, all at once', async () => {
    const { conversation } = await setting.given({}, { state: 'sent' });
    await Promise.all(Array.from({ length: 6 }, () => sms()));
    expect(await messagesOf(conversation.id)).toHaveLength(2);
    expect((await setting.conversation(conversation.id)).participants[AGENT]?.unreadCount).toBe(1);
  });

  it('of a stranger makes one contact with one message', async () => {
    await Promise.all(Array.from({ length: 6 }, () => sms()));
    const id = (await owner()) ?? '';
    expect(await messagesOf(id)).toHaveLength(1);
    await sms();
    expect(await messagesOf(id)).toHaveLength(1);
  });

  it('is not another one of the same words', async () => {
    const { conversation } = await setting.given({}, { state: 'sent' });
    await sms({ MessageSid: 'SM10' });
    await sms({ MessageSid: 'SM11' });
    expect(await messagesOf(conversation.id)).toHaveLength(3);
  });
});

describe('replies that meet other writers', () => {
  it('are all stored, each in a place of its own', async () => {
    const { conversation } = await setting.given({}, { state: 'sent' });
    const count = 7;
    await Promise.all(Array.from({ length: count }, (_, index) => sms({ MessageSid: `SM${100 + index}` })));
    const messages = await messagesOf(conversation.id);
    expect(messages).toHaveLength(count + 1);
    expect(new Set(messages.map(({ seq }) => seq)).size).toBe(count + 1);
    expect((await setting.conversation(conversation.id)).participants[AGENT]?.unreadCount).toBe(count);
  });

  it('are judged by the conversation as it then is', async () => {
    const { conversation } = await setting.given({ status: 'closed' }, { state: 'sent' });
    let over = false;
    const accepted = { [AGENT]: aParticipant({ active: true, accepted: true }) };
    const pepper = async () => {
      if (!over) {
        over = true;
        await writeRule(table, conversation, { ...conversation, status: 'active', participants: accepted }, NOW);
      }
      return PEPPER;
    };
    await call(twilioInbound(setting.services.sms), { ...setting.hooks, pepper });
    expect(await setting.conversation(conversation.id)).toMatchObject({ status: 'active', channels: [] });
  });
});

describe('a stranger who writes', () => {
  it('becomes a contact with a queued conversation', async () => {
    await sms({ Body: 'Are you open?' });
    const id = (await owner()) ?? '';
    const conversation = await setting.conversation(id);
    expect(conversation).toMatchObject({
      organization: setting.organization,
      orgPath: setting.organization,
      status: 'queued',
      channels: ['front-desk', 'workshop'],
      profile: { telephone: TELEPHONE },
      participants: {},
      touchpoint: 'sms',
      services: { sms: [setting.services.sms] },
      seq: 1,
    });
    expect(conversation.slug).toMatch(/^[A-Z0-9]{9}$/);
    expect(conversation.windowAt).toBeUndefined();
    expect((await messagesOf(id)).map(({ text, state, inbound }) => [text, state, inbound])).toEqual([
      ['Are you open?', 'done', true],
    ]);
  });

  it('has the name that the provider gives, and an open window', async () => {
    await whatsapp('Hi', {}, [{ wa_id: TELEPHONE.slice(1), profile: { name: 'Jo' } }]);
    expect(await setting.conversation((await owner()) ?? '')).toMatchObject({
      name: 'Jo',
      profile: { name: 'Jo', telephone: TELEPHONE },
      windowAt: NOW,
      windowBy: setting.services.whatsapp,
    });
  });

  it('twice at once has one conversation with both messages', async () => {
    await Promise.all([sms({ MessageSid: 'SM1' }), sms({ MessageSid: 'SM2' }), whatsapp('Hi')]);
    expect(await messagesOf((await owner()) ?? '')).toHaveLength(3);
  });

  it('is a stranger to each organization', async () => {
    const { conversation } = await setting.given({}, { state: 'sent' });
    const theirs = setting;
    setting = await createSetting(table);
    await sms();
    expect(await owner()).not.toBe(conversation.id);
    expect((await theirs.conversation(conversation.id)).seq).toBe(1);
  });

  it.each(['GARAGE', '12345', ''])('without a telephone number is passed over: %j', async (From) => {
    expect(await sms({ From })).toMatchObject({ statusCode: 200 });
  });
});

describe('a forged reply', () => {
  it('gets 401, and nothing is stored', async () => {
    const { conversation, messages } = await setting.given({}, {});
    await expect(call(twilioInbound(setting.services.sms, { Body: 'STOP' }, 'wrong'))).rejects.toMatchObject({
      status: 401,
    });
    expect(await setting.conversation(conversation.id)).toEqual(conversation);
    await sendIt(messages[0]);
    expect((await setting.message(messages[0])).state).toBe('sent');
  });
});

describe('STOP', () => {
  it('is stored as a message, and none that waits is sent afterwards', async () => {
    const { conversation, messages } = await setting.given({}, {}, { due: inSeconds(3_600) });
    await sms({ Body: 'Stop.' });
    expect((await messagesOf(conversation.id)).some(({ text }) => text === 'Stop.')).toBe(true);
    await sendIt(messages[0]);
    setting.clock.advance(3_600_000);
    await sendIt(messages[1] ?? messages[0]);
    expect(setting.providers.sms.requests).toEqual([]);
    for (const message of messages) expect((await setting.message(message)).error?.code).toBe('opted_out');
  });

  it('is taken back by START', async () => {
    const { messages } = await setting.given({}, {});
    await sms({ Body: 'STOP', MessageSid: 'SM1' });
    await sms({ Body: 'START', MessageSid: 'SM2' });
    await sendIt(messages[0]);
    expect((await setting.message(messages[0])).state).toBe('sent');
  });

  it('holds for its touchpoint only', async () => {
    const { messages } = await setting.given({}, {});
    await whatsapp('STOP');
    await sendIt(messages[0]);
    expect((await setting.message(messages[0])).state).toBe('sent');
  });

  it('holds before its message can be stored', async () => {
    const { messages } = await setting.given({}, {});
    const broken = { ...setting.hooks, ids: { next: () => failing(), nextPair: () => failing() } };
    await expect(call(twilioInbound(setting.services.sms, { Body: 'STOP' }), broken)).rejects.toThrow('no ids today');
    await sendIt(messages[0]);
    expect(setting.providers.sms.requests).toEqual([]);
  });

  it('is answered when what was on its way has left', async () => {
    const { messages } = await setting.given({}, { state: 'sending', token: 't', lease: NOW + 45_000 });
    const states: string[] = [];
    const clock = {
      now: setting.clock.now,
      sleep: async (ms: number) => {
        states.push((await setting.message(messages[0])).state);
        const receipt = { status: 'accepted', at: NOW } as const;
        if (states.length === 3)
          await record(table, messages[0], { token: 't', now: NOW }, { state: 'sent', providerId: 'x', receipt });
        await setting.clock.sleep(ms);
      },
    };
    await call(twilioInbound(setting.services.sms, { Body: 'STOP' }), { ...setting.hooks, clock });
    expect(states).toEqual(['sending', 'sending', 'sending']);
  });

  it('is an error, in time, when something stays on its way: what is answered is quiet', async () => {
    await setting.given({}, { state: 'sending', token: 't', lease: NOW + 45_000 });
    await expect(sms({ Body: 'STOP' })).rejects.toThrow('still on its way');
    expect(setting.clock.now() - NOW).toBeLessThanOrEqual(12_000);
  });

  it('waits for what was on its way to a contact who was deleted since, and is somebody new', async () => {
    const { conversation } = await setting.given({}, { state: 'sending', token: 't', lease: NOW + 45_000 });
    await markDeleted(table, conversation, NOW);
    await expect(sms({ Body: 'STOP' })).rejects.toThrow('still on its way');
    expect(await owner()).not.toBe(conversation.id);
    setting.clock.advance(45_000);
    await expect(sms({ Body: 'STOP' })).resolves.toMatchObject({ statusCode: 200 });
  });
});

const failing = (): string => {
  throw new Error('no ids today');
};

describe('a reply to another number than the service’s', () => {
  it('belongs to the organization whose number it is', async () => {
    const request = metaWebhook(
      setting.services.whatsapp,
      { messages: [metaMessage('For somebody else', { id: `wamid.${newId()}` })] },
      { phoneNumberId: '999999999999999' },
    );
    await call(request).catch(() => undefined);
    expect(await owner()).toBeUndefined();
  });
});
