import { TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { work } from '../../functions/worker/work.ts';
import { OrganizationSchema, UserSchema } from '../../shared/contracts/configuration.ts';
import type { Conversation } from '../../shared/domain/conversation.ts';
import type { Message, MessageState } from '../../shared/domain/message.ts';
import { MAX_ATTEMPTS } from '../../shared/domain/retry.ts';
import { MAX_META_KEYS } from '../../shared/domain/set-command.ts';
import type { Touchpoint } from '../../shared/domain/touchpoint.ts';
import { EnqueueError } from '../../shared/queue/send.ts';
import { putChannel, putOrganization } from '../../shared/store/configuration.ts';
import { claim, record } from '../../shared/store/deliveries.ts';
import { appendMessages } from '../../shared/store/messages.ts';
import { writeRule } from '../../shared/store/rule-writes.ts';
import type { Table } from '../../shared/store/table.ts';
import { putUser } from '../../shared/store/users.ts';
import { cancel } from '../../shared/store/withdrawals.ts';
import { addressOf, createSetting, inSeconds, type Setting } from '../delivery/setting.ts';
import { AGENT, aMessage, aParticipant, NOW, newId, OTHER_AGENT, tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';

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

const tick = (message: Message, parts = setting.worker) => work(parts, addressOf(message));
const handedOver = (touchpoint: Touchpoint = 'sms') => setting.deliveries[touchpoint].bodies();
const answered = { [AGENT]: aParticipant({ active: true, accepted: true }) };
const leave: Partial<Message> = { type: 'command', role: 'bot', text: '/leave' };

/** Nothing was handed over, ticked or changed. */
async function expectNothingDone(...messages: Message[]): Promise<void> {
  expect(setting.takeTicks()).toEqual([]);
  for (const touchpoint of ['email', 'sms', 'whatsapp'] as const) expect(handedOver(touchpoint)).toEqual([]);
  for (const message of messages) expect(await setting.message(message)).toEqual(message);
}

describe('a tick for a message that is finished', () => {
  it.each<MessageState>(['sent', 'failed', 'done', 'canceled', 'moved'])(
    'wakes the one behind it: %s',
    async (state) => {
      const { messages } = await setting.given({}, { state }, { due: inSeconds(7) });
      await tick(messages[0]);
      expect(setting.takeTicks()).toEqual([[messages[1]?.key, 7]]);
    },
  );

  it('leaves one that is far ahead to its own tick', async () => {
    const { messages } = await setting.given({}, { state: 'sent' }, { due: inSeconds(61) });
    await tick(messages[0]);
    await expectNothingDone(...messages);
  });

  it('wakes nobody behind the last', async () => {
    const { messages } = await setting.given({}, { state: 'sent' });
    await tick(messages[0]);
    await expectNothingDone(...messages);
  });
});

describe('a tick for a message that is not there', () => {
  it('is dropped', async () => {
    const { messages } = await setting.given({});
    await work(setting.worker, { ...addressOf(messages[0]), key: aMessage({ seq: 9 }).key });
    await work(setting.worker, { ...addressOf(messages[0]), conversation: newId() });
    await expectNothingDone(...messages);
  });
});

describe('a tick that comes early', () => {
  it.each([
    [1.001, 2],
    [5, 5],
    [899.2, 900],
    [1_200, 900],
    [2_592_000, 900],
  ])('by %d s is sent again with a delay of %d s', async (ahead, delay) => {
    const { messages } = await setting.given({}, { due: inSeconds(ahead) });
    await tick(messages[0]);
    expect(setting.takeTicks()).toEqual([[messages[0].key, delay]]);
    await expectNothingDone(...messages);
    expect(setting.clock.slept).toEqual([]);
  });

  it('is sent again also while the one before is not finished: who finishes that counts on it', async () => {
    const { messages } = await setting.given({}, {}, { due: inSeconds(300) });
    await tick(messages[1] ?? messages[0]);
    expect(setting.takeTicks()).toEqual([[messages[1]?.key, 300]]);
  });

  it.each([1, 1_000])('by %d ms waits inside, and the message goes', async (ahead) => {
    const { messages } = await setting.given({}, { due: NOW + ahead });
    await tick(messages[0]);
    expect(setting.clock.slept).toEqual([ahead]);
    expect(handedOver()).toHaveLength(1);
  });

  it('by up to a second looks at everything again after waiting', async () => {
    const { messages } = await setting.given({}, { due: NOW + 500 });
    const clock = {
      now: setting.clock.now,
      sleep: async (ms: number) => {
        await cancel(table, messages[0], setting.clock.now());
        await setting.clock.sleep(ms);
      },
    };
    await tick(messages[0], { ...setting.worker, clock });
    expect(handedOver()).toEqual([]);
    expect((await setting.message(messages[0])).state).toBe('canceled');
  });

  it('by up to a second sees a predecessor that came while it waited', async () => {
    const { conversation, messages } = await setting.given({ seq: 2 }, { seq: 2, due: NOW + 500 });
    const early = aMessage({
      conversation: conversation.id,
      organization: setting.organization,
      seq: 1,
      due: NOW + 400,
    });
    const clock = {
      now: setting.clock.now,
      sleep: async (ms: number) => {
        await appendMessages(table, [early]);
        await setting.clock.sleep(ms);
      },
    };
    await tick(messages[0], { ...setting.worker, clock });
    expect(handedOver()).toEqual([]);
  });
});

describe('a tick out of turn', () => {
  const BEFORE: Partial<Record<MessageState, Partial<Message>>> = {
    pending: {},
    sending: { token: 't', lease: NOW + 1 },
    unknown: { token: 't', until: NOW + 1, unclear: true },
  };

  it.each(Object.entries(BEFORE))('is dropped while the one before is %s', async (state, overrides) => {
    const { messages } = await setting.given({}, { state: state as MessageState, ...overrides }, {});
    await tick(messages[1] ?? messages[0]);
    await expectNothingDone(...messages);
  });

  it('is dropped while the one before waits for another attempt', async () => {
    const { messages } = await setting.given({}, { attempt: 1, notBefore: NOW + 60_000 }, {});
    await tick(messages[1] ?? messages[0]);
    await expectNothingDone(...messages);
  });

  it.each([
    [300, []],
    [300.001, ['the one before, now']],
    [3_600, ['the one before, now']],
  ])('%d s after the one before was due ticks: %j', async (overdue, expected) => {
    const { messages } = await setting.given({}, { due: inSeconds(-overdue) }, { due: NOW });
    await tick(messages[1] ?? messages[0]);
    const ticked = setting
      .takeTicks()
      .map(([key, delay]) => (key === messages[0].key && delay === 0 ? 'the one before, now' : key));
    expect(ticked).toEqual(expected);
    expect(handedOver()).toEqual([]);
  });

  it.each<[string, Partial<Message>]>([
    ['canceled', { state: 'canceled' }],
    ['moved', { state: 'moved' }],
    ['inbound', { state: 'done', inbound: true, role: 'contact' }],
    ['sent', { state: 'sent' }],
  ])('is none behind one that is %s', async (_what, overrides) => {
    const { messages } = await setting.given({}, overrides, {});
    await tick(messages[1] ?? messages[0]);
    expect(handedOver()).toHaveLength(1);
  });

  it('goes by due time, not by number', async () => {
    const { messages } = await setting.given({}, { due: NOW }, { due: NOW - 1_000 });
    await tick(messages[0]);
    expect(handedOver()).toEqual([]);
    await tick(messages[1] ?? messages[0]);
    expect(handedOver().map(({ key }) => key)).toEqual([messages[1]?.key]);
  });
});

describe('a tick for a message that waits', () => {
  it.each<[string, Partial<Message>, number]>([
    ['for its next attempt', { attempt: 1, notBefore: inSeconds(8.2) }, 9],
    ['for evidence', { state: 'unknown', token: 't', until: inSeconds(30) }, 30],
    ['for who holds its lease', { state: 'sending', token: 't', lease: inSeconds(45) }, 45],
  ])('%s comes again at that moment', async (_what, overrides, delay) => {
    const { messages } = await setting.given({}, overrides);
    await tick(messages[0]);
    expect(setting.takeTicks()).toEqual([[messages[0].key, delay]]);
    await expectNothingDone(...messages);
  });

  it('for the pace to its contact, by WhatsApp, comes again when the contact may have the next', async () => {
    const before = { whatsappAt: inSeconds(-2.5) };
    const { messages } = await setting.given(before, { touchpoint: 'whatsapp' });
    await tick(messages[0]);
    expect(setting.takeTicks()).toEqual([[messages[0].key, 4]]);
    expect(setting.observe.counts.get('MessagePaced/whatsapp')).toBe(1);
    await expectNothingDone(...messages);
    setting.clock.advance(3_500);
    await tick(messages[0]);
    expect(handedOver('whatsapp')).toHaveLength(1);
  });

  it('does not wait for a pace by SMS, nor where the contact speaks', async () => {
    const { messages } = await setting.given({ whatsappAt: NOW, participants: answered }, {});
    await tick(messages[0]);
    expect(handedOver('sms')).toHaveLength(1);
    const spoken = await setting.given(
      { whatsappAt: NOW, profile: {} },
      { role: 'contact', touchpoint: 'whatsapp', text: 'Hello?' },
    );
    await tick(spoken.messages[0]);
    expect((await setting.message(spoken.messages[0])).state).toBe('done');
  });

  it('under a lease that is over makes it unknown, and comes again at the end of the window', async () => {
    const { messages } = await setting.given({}, { state: 'sending', token: 't', lease: NOW }, {});
    await tick(messages[0]);
    expect(await setting.message(messages[0])).toMatchObject({ state: 'unknown', unclear: true, until: NOW + 120_000 });
    expect(setting.takeTicks()).toEqual([[messages[0].key, 120]]);
    expect(setting.observe.counts.get('MessageUnknown/sms')).toBe(1);
  });
});

describe('a message that is unclear, past its window', () => {
  const unclear = (touchpoint: Touchpoint, overrides: Partial<Message> = {}): Partial<Message> => ({
    touchpoint,
    state: 'unknown',
    token: 't',
    unclear: true,
    until: NOW,
    attempt: 1,
    ...overrides,
  });

  it('goes out again by email, at once', async () => {
    const { messages } = await setting.given({}, unclear('email'));
    await tick(messages[0]);
    expect(await setting.message(messages[0])).toMatchObject({ state: 'pending', attempt: 2, unclear: true });
    expect(handedOver('email')).toEqual([{ ...addressOf(messages[0]), attempt: 2 }]);
    expect(setting.observe.counts.get('MessageSentAgain/email')).toBe(1);
  });

  it('by email is given up when all attempts are used up', async () => {
    const { messages } = await setting.given({}, unclear('email', { attempt: MAX_ATTEMPTS - 1 }), {});
    await tick(messages[0]);
    expect(await setting.message(messages[0])).toMatchObject({ state: 'failed', error: { code: 'exhausted' } });
    expect(setting.takeTicks()).toEqual([[messages[1]?.key, 0]]);
  });

  it('is looked up where it was sent by SMS', async () => {
    const { messages } = await setting.given({}, unclear('sms'), {});
    await tick(messages[0]);
    expect(handedOver('sms')).toEqual([{ ...addressOf(messages[0]), attempt: 1, resolve: true }]);
    expect(await setting.message(messages[0])).toEqual(messages[0]);
    expect(setting.takeTicks()).toEqual([]);
  });

  it('fails as unknown by WhatsApp, and the next is woken', async () => {
    const { messages } = await setting.given({}, unclear('whatsapp'), {});
    await tick(messages[0]);
    expect(await setting.message(messages[0])).toMatchObject({
      state: 'failed',
      error: { code: 'unknown', class: 'ambiguous' },
    });
    expect(handedOver('whatsapp')).toEqual([]);
    expect(setting.takeTicks()).toEqual([[messages[1]?.key, 0]]);
  });

  it('goes out again by WhatsApp where the organization wants that', async () => {
    setting = await createSetting(table, { resendUnknownWhatsapp: true });
    const { messages } = await setting.given({}, unclear('whatsapp'));
    await tick(messages[0]);
    expect(handedOver('whatsapp')).toEqual([{ ...addressOf(messages[0]), attempt: 2 }]);
  });

  it('by email that went out again too late is expired', async () => {
    const { messages } = await setting.given({}, unclear('email', { expiresAt: NOW - 1 }));
    await tick(messages[0]);
    expect(await setting.message(messages[0])).toMatchObject({ state: 'failed', error: { code: 'expired' } });
    expect(handedOver('email')).toEqual([]);
  });
});

describe('a message whose day is over', () => {
  it('fails as expired, and the next is woken', async () => {
    const { messages } = await setting.given({}, { due: inSeconds(-10), expiresAt: NOW - 1 }, {});
    await tick(messages[0]);
    expect(await setting.message(messages[0])).toMatchObject({
      state: 'failed',
      error: { code: 'expired', class: 'permanent' },
    });
    expect(handedOver()).toEqual([]);
    expect(setting.takeTicks()).toEqual([[messages[1]?.key, 0]]);
  });

  it('is sent at its very end', async () => {
    const { messages } = await setting.given({}, { expiresAt: NOW });
    await tick(messages[0]);
    expect(handedOver()).toHaveLength(1);
  });
});

describe('a message to the contact whose turn it is', () => {
  it.each<Touchpoint>(['email', 'sms', 'whatsapp'])('is handed to %s at its attempt', async (touchpoint) => {
    const { messages } = await setting.given({}, { touchpoint, attempt: 3, notBefore: NOW });
    await tick(messages[0]);
    expect(setting.deliveries[touchpoint].sent).toEqual([
      { body: { ...addressOf(messages[0]), attempt: 3 }, group: setting.organization },
    ]);
    expect(await setting.message(messages[0])).toEqual(messages[0]);
  });

  it('makes its sender answer the conversation before it leaves', async () => {
    const { conversation, messages } = await setting.given({ status: 'queued', channels: ['front-desk'] });
    await tick(messages[0]);
    expect(await setting.conversation(conversation.id)).toMatchObject({
      status: 'active',
      channels: [],
      participants: { [AGENT]: { active: true, accepted: true } },
      version: 1,
    });
  });

  it('handed over twice changes the conversation once', async () => {
    const { conversation, messages } = await setting.given({});
    await tick(messages[0]);
    await tick(messages[0]);
    expect(handedOver()).toHaveLength(2);
    expect((await setting.conversation(conversation.id)).version).toBe(1);
  });

  it('whose hand-over the queue does not take leaves its tick on the queue', async () => {
    const { messages } = await setting.given({});
    setting.deliveries.sms.refuseNext();
    await expect(tick(messages[0])).rejects.toBeInstanceOf(EnqueueError);
    await tick(messages[0]);
    expect(handedOver()).toHaveLength(1);
  });

  it('without a touchpoint fails, and the next is woken', async () => {
    const { messages } = await setting.given({}, { touchpoint: undefined }, {});
    await tick(messages[0]);
    expect(await setting.message(messages[0])).toMatchObject({
      state: 'failed',
      error: { code: 'touchpoint_required' },
    });
    expect(setting.takeTicks()).toEqual([[messages[1]?.key, 0]]);
  });

  it('of a deleted contact is handed over, to fail there, and opens nothing', async () => {
    const { conversation, messages } = await setting.given({ deletedAt: NOW, status: 'closed' });
    await tick(messages[0]);
    expect(handedOver()).toHaveLength(1);
    expect((await setting.conversation(conversation.id)).status).toBe('closed');
  });
});

describe('a message to nobody outside', () => {
  it.each<[string, Partial<Message>, Partial<Conversation>, Partial<Conversation>]>([
    ['a bot’s', { role: 'bot' }, {}, { status: 'queued', participants: { [AGENT]: aParticipant({ active: true }) } }],
    [
      'an agent’s in the backchannel',
      { isBackchannel: true },
      { status: 'closed' },
      { status: 'closed', participants: { [AGENT]: aParticipant({ active: true }) } },
    ],
    [
      'the contact’s, by API',
      { role: 'contact', user: undefined },
      { status: 'closed' },
      {
        status: 'queued',
        channels: ['front-desk', 'workshop'],
        participants: { [AGENT]: aParticipant({ unreadCount: 1 }) },
      },
    ],
    [
      '/leave',
      leave,
      { status: 'active', participants: answered },
      { status: 'closed', participants: { [AGENT]: aParticipant() } },
    ],
    ['a command of a bot', { ...leave, text: '>location' }, {}, { version: 0 }],
  ])('is finished with its rule: %s', async (_what, message, before, after) => {
    const { conversation, messages } = await setting.given(
      { version: 0, ...before },
      { touchpoint: undefined, ...message },
      {},
    );
    await tick(messages[0]);
    expect((await setting.message(messages[0])).state).toBe('done');
    expect(await setting.conversation(conversation.id)).toMatchObject({ version: 1, ...after });
    expect(handedOver()).toEqual([]);
    expect(setting.takeTicks()).toEqual([[messages[1]?.key, 0]]);
  });

  it('by API does not open WhatsApp’s window', async () => {
    const { conversation, messages } = await setting.given(
      {},
      { role: 'contact', user: undefined, touchpoint: 'whatsapp' },
    );
    await tick(messages[0]);
    expect((await setting.conversation(conversation.id)).windowAt).toBeUndefined();
  });

  it('that is a command nobody knows fails in the stream, and the next is woken', async () => {
    const { conversation, messages } = await setting.given({}, { ...leave, text: '/dance' }, {});
    await tick(messages[0]);
    expect(await setting.message(messages[0])).toMatchObject({ state: 'failed', error: { code: 'unknown_command' } });
    expect((await setting.conversation(conversation.id)).version).toBe(0);
    expect(setting.takeTicks()).toEqual([[messages[1]?.key, 0]]);
  });

  it.each([
    ['that was applied when it was accepted does nothing more', { applied: true }, { a: '0' }],
    ['with a delay takes effect now', { delay: 3000 }, { a: '1', b: '2' }],
  ])('that is a /set %s', async (_when, fields, meta) => {
    const set = (text: string) => ({ type: 'command' as const, role: 'bot' as const, text, ...fields });
    const { conversation, messages } = await setting.given({ meta: { a: '0' } }, set('/set a 1'), set('/set b 2'));
    for (const message of messages) await tick(message);
    expect((await setting.message(messages[1] ?? messages[0])).state).toBe('done');
    expect((await setting.conversation(conversation.id)).meta).toEqual(meta);
  });

  it('that is a /set fails when meta is full, and keeps what others set meanwhile', async () => {
    const meta = Object.fromEntries(Array.from({ length: MAX_META_KEYS }, (_, index) => [`k${index}`, '1']));
    const { conversation, messages } = await setting.given({ meta }, { ...leave, text: '/set more 1', delay: 1 });
    await tick(messages[0]);
    expect(await setting.message(messages[0])).toMatchObject({ state: 'failed', error: { code: 'meta_full' } });
    expect((await setting.conversation(conversation.id)).meta).toEqual(meta);
  });

  it('fails when the contact was deleted', async () => {
    const { messages } = await setting.given({ deletedAt: NOW, status: 'active', participants: answered }, leave);
    await tick(messages[0]);
    expect(await setting.message(messages[0])).toMatchObject({ state: 'failed', error: { code: 'contact_deleted' } });
  });

  it('is read whole, however large it is', async () => {
    const users = Array.from({ length: 60 }, () => newId());
    const { organization } = setting;
    await Promise.all(
      users.map((id) => putUser(table, UserSchema.parse({ id, organizations: [{ organization, role: 'bot' }] }))),
    );
    const { conversation, messages } = await setting.given({}, { ...leave, text: '/assign', meta: { users } });
    await tick(messages[0]);
    const { participants } = await setting.conversation(conversation.id);
    expect(users.filter((user) => participants[user]?.inbox && participants[user].role === 'bot')).toHaveLength(60);
  });

  it('assigns to nobody of another organization', async () => {
    const stranger = UserSchema.parse({ id: newId(), organizations: [{ organization: newId() }] });
    await putUser(table, stranger);
    const users = [stranger.id, newId()];
    const { conversation, messages } = await setting.given({}, { ...leave, text: '/assign', meta: { users } });
    await tick(messages[0]);
    expect((await setting.conversation(conversation.id)).participants).toEqual(conversation.participants);
    expect((await setting.message(messages[0])).state).toBe('done');
  });

  it('is announced in the channels of the organization and of those above it, but where nobody is', async () => {
    const [above, asleep] = [
      newId(),
      UserSchema.parse({ id: newId(), status: 'gone', organizations: [{ organization: setting.organization }] }),
    ];
    await putOrganization(table, OrganizationSchema.parse({ id: above, name: 'Above' }));
    await putChannel(table, { id: 'head-office', organization: above, name: '' });
    await putChannel(table, { id: 'night', organization: above, name: '', subscribers: [asleep.id] });
    await putUser(table, asleep);
    const orgPath = `${above}#${setting.organization}`;
    const { conversation, messages } = await setting.given(
      { status: 'closed', orgPath },
      { ...leave, text: '/notify' },
    );
    await tick(messages[0]);
    const { channels, channelsOffline } = await setting.conversation(conversation.id);
    expect([channels, channelsOffline]).toEqual([['front-desk', 'workshop', 'head-office'], ['night']]);
  });

  it('keeps a task until one of its channel accepts', async () => {
    const users = [AGENT, OTHER_AGENT].map((id) => ({ id, organizations: [{ organization: setting.organization }] }));
    await Promise.all(users.map((user) => putUser(table, UserSchema.parse(user))));
    await putChannel(table, { id: 'garage', organization: setting.organization, name: '', subscribers: [OTHER_AGENT] });
    const task = { ...leave, text: '/notify', meta: { channels: ['garage'] } };
    const accept = { ...leave, text: '/accept' };
    const { conversation, messages } = await setting.given({ status: 'closed' }, task, accept, {
      ...accept,
      user: OTHER_AGENT,
    });
    const seen = [];
    for (const message of messages) {
      await tick(message);
      const { status, channels, tasks } = await setting.conversation(conversation.id);
      seen.push([status, channels, tasks]);
    }
    expect(seen).toEqual([
      ['queued', ['garage'], ['garage']],
      ['active', ['garage'], ['garage']],
      ['active', [], undefined],
    ]);
  });

  it('does not take effect twice when its tick comes twice', async () => {
    const { conversation, messages } = await setting.given({ status: 'closed' }, { role: 'contact', user: undefined });
    await tick(messages[0]);
    await tick(messages[0]);
    expect((await setting.conversation(conversation.id)).participants[AGENT]?.unreadCount).toBe(1);
  });

  it('whose next could not be woken leaves its tick on the queue, and wakes it then', async () => {
    const { messages } = await setting.given({ status: 'active', participants: answered }, leave, {});
    setting.ticks.refuseNext();
    await expect(tick(messages[0])).rejects.toBeInstanceOf(EnqueueError);
    await tick(messages[0]);
    expect(setting.takeTicks()).toEqual([[messages[1]?.key, 0]]);
  });
});

describe('a rule that meets another writer', () => {
  /** The worker's parts, with something happening once between its reads and its write. */
  const interrupted = (happen: () => Promise<unknown>) => {
    let over = false;
    const client = new Proxy(table.client, {
      get: (real, name) =>
        name === 'send'
          ? async (command: Parameters<typeof real.send>[0]) => {
              if (!over && (command instanceof UpdateCommand || command instanceof TransactWriteCommand)) {
                over = true;
                await happen();
              }
              return real.send(command);
            }
          : Reflect.get(real, name),
    });
    return { ...setting.worker, table: { ...table, client } };
  };

  it('is judged afresh: /leave closes nothing that another accepted meanwhile', async () => {
    const { conversation, messages } = await setting.given({ status: 'active', participants: answered }, leave);
    const both = { ...conversation.participants, [OTHER_AGENT]: aParticipant({ active: true, accepted: true }) };
    await tick(
      messages[0],
      interrupted(() => writeRule(table, conversation, { ...conversation, participants: both }, NOW)),
    );
    const after = await setting.conversation(conversation.id);
    expect(after.status).toBe('active');
    expect(after.participants[AGENT]?.accepted).toBe(false);
    expect(after.participants[OTHER_AGENT]?.accepted).toBe(true);
    expect((await setting.message(messages[0])).state).toBe('done');
  });

  it('of a stale worker does not reopen what was closed after its message was sent', async () => {
    const { conversation, messages } = await setting.given({ status: 'queued' });
    const closed = { ...conversation, status: 'closed' as const, participants: { [AGENT]: aParticipant() } };
    const [message] = messages;
    await tick(
      message,
      interrupted(async () => {
        await claim(table, message, { attempt: 0, token: 't', now: NOW, leaseMs: 1, due: NOW });
        const receipt = { status: 'accepted', at: NOW } as const;
        await record(table, message, { token: 't', now: NOW }, { state: 'sent', providerId: 'x', receipt });
        await writeRule(table, conversation, closed, NOW);
      }),
    );
    expect((await setting.conversation(conversation.id)).status).toBe('closed');
    expect(handedOver()).toEqual([]);
  });

  it('of two workers at once takes effect once', async () => {
    const { conversation, messages } = await setting.given({ status: 'closed' }, { role: 'contact', user: undefined });
    await Promise.all([tick(messages[0]), tick(messages[0]), tick(messages[0])]);
    expect((await setting.conversation(conversation.id)).participants[AGENT]?.unreadCount).toBe(1);
    expect((await setting.conversation(conversation.id)).version).toBe(1);
  });
});
