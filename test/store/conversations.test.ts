import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Conversation } from '../../shared/domain/conversation.ts';
import type { Message } from '../../shared/domain/message.ts';
import { toConversation, toConversationItem } from '../../shared/store/conversation-item.ts';
import {
  appendOnce,
  attachIdentities,
  createConversation,
  getConversation,
  reserveSequence,
} from '../../shared/store/conversations.ts';
import { absent, atMost, equals } from '../../shared/store/expression.ts';
import { findOwners, type Identity, identityOf } from '../../shared/store/identities.ts';
import { conversationKey, inboundGuardKey } from '../../shared/store/keys.ts';
import { getMessage } from '../../shared/store/messages.ts';
import { finishWithRule, storeInbound, writeRule } from '../../shared/store/rule-writes.ts';
import { type Item, putAction, putItem, type Table } from '../../shared/store/table.ts';
import {
  AGENT,
  aConversation,
  aMessage,
  aParticipant,
  NOW,
  newId,
  ORGANIZATION,
  tableOf,
} from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';

let emulator: TestTable;
let table: Table;
beforeAll(async () => {
  emulator = await startTestTable();
  table = tableOf(emulator);
});
afterAll(() => emulator.stop());

const PEPPER = 'pepper';
const LATER = NOW + 1_000;
const anIdentity = (kind: Identity['kind'] = 'telephone') => identityOf(PEPPER, ORGANIZATION, kind, newId());

async function stored(overrides: Partial<Conversation> = {}): Promise<Conversation> {
  const conversation = aConversation(overrides);
  await createConversation(table, { conversation, identities: [], messages: [] });
  return conversation;
}
const asStored = (id: string) => getConversation(table, id, { consistent: true });
const storedMessage = (message: Message) => getMessage(table, message.conversation, message.key);
const rawItem = async (id: string): Promise<Item | undefined> =>
  (await table.client.send(new GetCommand({ TableName: table.name, Key: { ...conversationKey(id) } }))).Item;

/** Bytes that DynamoDB bills an item by (AWS: "Item sizes and formats"). */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return Math.ceil(String(Math.abs(value)).replace('.', '').length / 2) + 2;
  if (value instanceof Set) return [...value].reduce((sum: number, element) => sum + sizeOf(element), 0);
  if (Array.isArray(value)) return value.reduce((sum: number, element) => sum + sizeOf(element) + 1, 3);
  if (typeof value === 'object' && value !== null) return fieldsOf(value) + 3 + Object.keys(value).length;
  return 1;
}
const fieldsOf = (item: object): number =>
  Object.entries(item).reduce(
    (sum, [name, value]) => sum + (value === undefined ? 0 : Buffer.byteLength(name) + sizeOf(value)),
    0,
  );

describe('the item of a conversation', () => {
  it('is read back as it was written', async () => {
    const conversation = await stored({
      status: 'active',
      profile: { name: 'Jo', email: 'jo@example.com', locale: 'nl-NL', address: { city: 'Utrecht' } },
      participants: { [AGENT]: aParticipant({ role: 'admin', active: true, unreadCount: 2 }) },
      channels: ['a'],
      channelsOffline: ['b'],
      services: { sms: ['s1'], email: ['s2', 's3'] },
      language: 'nl',
      meta: { intent: 'sale', count: 2, flags: [true, null] },
      tags: ['x'],
      windowAt: NOW,
      windowBy: 'wa',
      version: 3,
    });
    expect(await asStored(conversation.id)).toEqual(conversation);
  });

  it('is read back with the least that it can have', async () => {
    const conversation = await stored({ profile: {}, participants: {}, touchpoint: undefined });
    expect(await asStored(conversation.id)).toEqual({ ...conversation, touchpoint: undefined });
  });

  it('does not repeat a contact’s id that follows from its own, and keeps one that does not', async () => {
    const usual = await stored();
    const imported = await stored({ contact: newId() });
    expect((await rawItem(usual.id))?.contact).toBeUndefined();
    expect((await asStored(usual.id))?.contact).toBe(usual.contact);
    expect((await asStored(imported.id))?.contact).toBe(imported.contact);
  });

  it('is not there where nothing was written', async () => expect(await asStored(newId())).toBeUndefined());

  it('that this version cannot read is an error', () =>
    expect(() => toConversation({ ...conversationKey('x'), org: 'y' })).toThrow());

  it('of an ordinary conversation stays within one write unit, 1,024 bytes, through its life', () => {
    const ordinary = aConversation({
      name: 'Wilhelmina van der Heijden',
      profile: {
        name: 'Wilhelmina van der Heijden',
        email: 'wilhelmina.vanderheijden@example.com',
        telephone: '+31646280994',
      },
      status: 'queued',
      participants: { [AGENT]: aParticipant({ unreadCount: 1 }) },
      channels: ['5b99be371951542b5f47eeb4', '5b9ae5460a13a54282ca20d0'],
      services: { sms: ['5b6f8a73623a375f28a5380c'] },
      seq: 12,
      version: 7,
    });
    const item = toConversationItem(ordinary, [anIdentity('email').name, anIdentity('telephone').name]);
    expect(fieldsOf(item)).toBeLessThanOrEqual(1_024);
  });
});

describe('creating a conversation', () => {
  it('writes contact, identities and messages together', async () => {
    const conversation = aConversation();
    const identities = [anIdentity('email'), anIdentity('telephone')];
    const messages = [1, 2].map((seq) => aMessage({ conversation: conversation.id, seq }));
    expect(await createConversation(table, { conversation, identities, messages })).toEqual({ created: true });
    expect(await asStored(conversation.id)).toEqual(conversation);
    expect([...(await findOwners(table, identities)).values()]).toEqual([conversation.id, conversation.id]);
    for (const message of messages) expect(await storedMessage(message)).toEqual(message);
    expect((await rawItem(conversation.id))?.identities).toEqual(new Set(identities.map(({ name }) => name)));
  });

  it('writes nothing when an identity is taken, and says by whom', async () => {
    const owner = aConversation();
    const [taken, free] = [anIdentity('telephone'), anIdentity('email')];
    await createConversation(table, { conversation: owner, identities: [taken], messages: [] });
    const late = aConversation();
    const message = aMessage({ conversation: late.id });
    expect(
      await createConversation(table, { conversation: late, identities: [free, taken], messages: [message] }),
    ).toMatchObject({ created: false, owners: new Map([['telephone', owner.id]]) });
    expect(await asStored(late.id)).toBeUndefined();
    expect(await storedMessage(message)).toBeUndefined();
    expect((await findOwners(table, [free])).size).toBe(0);
  });

  it('writes nothing when a guard is there already, and answers it', async () => {
    const conversation = aConversation();
    const guard = { ...inboundGuardKey(conversation.id, 'twilio', 'SM1'), message: 'the first' };
    await putItem(table, guard);
    const also = [putAction(table, { ...guard, message: 'the second' }, absent('pk'))];
    expect(await createConversation(table, { conversation, identities: [], messages: [], also })).toEqual({
      created: false,
      owners: new Map(),
      also: [{ failed: true, item: guard }],
    });
    expect(await asStored(conversation.id)).toBeUndefined();
  });

  it('of twenty at once for one person makes one', async () => {
    const identities = [anIdentity('telephone')];
    const conversations = Array.from({ length: 20 }, () => aConversation());
    const outcomes = await Promise.all(
      conversations.map((conversation) =>
        createConversation(table, { conversation, identities, messages: [] }).catch((error: Error) => error.name),
      ),
    );
    const winners = conversations.filter((_, index) => {
      const outcome = outcomes[index];
      return typeof outcome === 'object' && outcome.created;
    });
    expect(winners).toHaveLength(1);
    expect((await findOwners(table, identities)).get('telephone')).toBe(winners[0]?.id);
  });

  it('keeps the identities of organizations apart', async () => {
    const matchKey = newId();
    const here = identityOf(PEPPER, ORGANIZATION, 'telephone', matchKey);
    const there = identityOf(PEPPER, 'another', 'telephone', matchKey);
    const conversation = aConversation();
    await createConversation(table, { conversation, identities: [here], messages: [] });
    expect((await findOwners(table, [there])).size).toBe(0);
  });
});

const updateTouchpoint = (id: string, touchpoint: string) =>
  reserveSequence(table, id, {
    count: 0,
    now: LATER,
    token: 'set-up',
    changes: { set: { touchpoint } },
    conditions: [],
  });

describe('reserving places', () => {
  it('raises the sequence by the number of messages, and notes the time', async () => {
    const conversation = await stored({ seq: 4 });
    const outcome = await reserveSequence(table, conversation.id, {
      count: 3,
      now: LATER,
      token: 'request-1',
      changes: { set: { touchpoint: 'email', 'services.email': ['mail'] } },
      conditions: [atMost('lastAt', LATER)],
    });
    const expected = {
      ...conversation,
      seq: 7,
      lastAt: LATER,
      updatedAt: LATER,
      touchpoint: 'email',
      services: { email: ['mail'] },
    };
    expect(outcome).toEqual({ reserved: true, conversation: expected });
    expect(await asStored(conversation.id)).toEqual(expected);
  });

  it('leaves the last time as it is where none is given', async () => {
    const conversation = await stored({ seq: 4, lastAt: LATER });
    const outcome = await reserveSequence(table, conversation.id, { count: 1, token: 'request-1', conditions: [] });
    expect(outcome).toEqual({ reserved: true, conversation: { ...conversation, seq: 5 } });
  });

  it('answers what stood in the way, and changes nothing', async () => {
    const conversation = await stored({ lastAt: LATER + 1 });
    expect(
      await reserveSequence(table, conversation.id, {
        count: 1,
        now: LATER,
        token: 'request-1',
        conditions: [atMost('lastAt', LATER)],
      }),
    ).toEqual({ reserved: false, found: conversation, identities: new Set() });
    expect(await asStored(conversation.id)).toEqual(conversation);
  });

  it('finds nothing where there is no conversation, and makes none', async () => {
    const id = newId();
    expect(
      await reserveSequence(table, id, {
        count: 1,
        now: LATER,
        token: 'request-1',
        conditions: [equals('orgPath', 'x')],
      }),
    ).toEqual({
      reserved: false,
      found: undefined,
      identities: new Set(),
    });
    expect(await asStored(id)).toBeUndefined();
  });

  it('knows its own repetition, whose first answer was lost, from another writer', async () => {
    const conversation = await stored({ seq: 4, lastAt: LATER });
    const reserve = (token: string) =>
      reserveSequence(table, conversation.id, {
        count: 1,
        now: LATER,
        token,
        changes: { set: { touchpoint: 'whatsapp' } },
        conditions: [equals('touchpoint', conversation.touchpoint ?? 'email')],
      });
    await updateTouchpoint(conversation.id, conversation.touchpoint ?? 'email');
    expect(await reserve('request-1')).toMatchObject({ reserved: true });
    expect(await reserve('request-1')).toMatchObject({ reserved: true, conversation: { seq: 6 } });
    expect(await reserve('request-2')).toMatchObject({ reserved: false });
  });

  it('gives out every place once, to thirty at a time', async () => {
    const conversation = await stored({ seq: 0 });
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        reserveSequence(table, conversation.id, { count: 2, now: LATER, token: `request-${index}`, conditions: [] }),
      ),
    );
    const last = outcomes.map((outcome) => (outcome.reserved ? outcome.conversation.seq : 0));
    expect(last.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, index) => 2 * index + 2));
  });
});

describe('attaching identities', () => {
  const attach = (conversation: Conversation, identities: Identity[], messages: Message[]) =>
    attachIdentities(table, {
      conversation,
      identities,
      changes: { set: { 'profile.email': 'new@example.com' } },
      messages,
    });

  it('makes free ones the contact’s, with the messages', async () => {
    const conversation = await stored();
    const identities = [anIdentity('email')];
    const message = aMessage({ conversation: conversation.id, seq: 2 });
    expect(await attach(conversation, identities, [message])).toEqual({ attached: true });
    expect((await findOwners(table, identities)).get('email')).toBe(conversation.id);
    expect((await asStored(conversation.id))?.profile.email).toBe('new@example.com');
    expect(await storedMessage(message)).toEqual(message);
    expect((await rawItem(conversation.id))?.identities).toEqual(new Set(identities.map(({ name }) => name)));
  });

  it('repeated with the same messages is success', async () => {
    const conversation = await stored();
    const identities = [anIdentity('email')];
    const messages = [2, 3].map((seq) => aMessage({ conversation: conversation.id, seq }));
    await attach(conversation, identities, messages);
    expect(await attach(conversation, identities, messages)).toEqual({ attached: true });
  });

  it('that somebody else took meanwhile writes nothing', async () => {
    const [winner, loser] = [await stored(), await stored()];
    const identities = [anIdentity('email')];
    await attach(winner, identities, []);
    const message = aMessage({ conversation: loser.id, seq: 2 });
    expect(await attach(loser, identities, [message])).toEqual({ attached: false });
    expect((await findOwners(table, identities)).get('email')).toBe(winner.id);
    expect((await asStored(loser.id))?.profile.email).toBe(loser.profile.email);
    expect(await storedMessage(message)).toBeUndefined();
  });

  it('to a deleted contact writes nothing', async () => {
    const conversation = await stored({ deletedAt: NOW });
    const identities = [anIdentity('email')];
    expect(await attach(conversation, identities, [aMessage({ conversation: conversation.id, seq: 2 })])).toEqual({
      attached: false,
    });
    expect((await findOwners(table, identities)).size).toBe(0);
  });
});

describe('appending once, against what was read', () => {
  const append = (conversation: Conversation, messages: Message[], also = [guardOf(conversation)]) =>
    appendOnce(table, conversation, {
      now: LATER,
      changes: { set: { touchpoint: 'email' } },
      identities: [],
      messages,
      also,
    });
  const guardOf = ({ id }: Conversation) => putAction(table, { ...inboundGuardKey(id, 'client', 'x') }, absent('pk'));

  it('writes sequence, messages and guards together', async () => {
    const conversation = await stored({ seq: 3 });
    const messages = [4, 5].map((seq) => aMessage({ conversation: conversation.id, seq }));
    expect(await append(conversation, messages)).toEqual({ stored: true });
    expect(await asStored(conversation.id)).toMatchObject({ seq: 5, lastAt: LATER, touchpoint: 'email' });
    for (const message of messages) expect(await storedMessage(message)).toEqual(message);
  });

  it.each<[string, Partial<Conversation>]>([
    ['another message was added', { seq: 9 }],
    ['the contact was deleted', { deletedAt: NOW }],
  ])('writes nothing when %s since', async (_what, change) => {
    const conversation = await stored(change);
    const message = aMessage({ conversation: conversation.id, seq: 2 });
    expect(await append({ ...conversation, seq: 1 }, [message])).toEqual({ stored: false });
    expect(await asStored(conversation.id)).toEqual(conversation);
    expect(await storedMessage(message)).toBeUndefined();
  });

  it('writes nothing when the guard stands', async () => {
    const conversation = await stored();
    await append(conversation, []);
    const current = (await asStored(conversation.id)) ?? conversation;
    const message = aMessage({ conversation: conversation.id, seq: 2 });
    expect(await append(current, [message])).toEqual({ stored: false });
    expect(await storedMessage(message)).toBeUndefined();
  });
});

describe('what a rule changes', () => {
  const rule = (conversation: Conversation) => ({
    status: 'active' as const,
    participants: { ...conversation.participants, [AGENT]: aParticipant({ active: true, accepted: true }) },
    channels: [],
    channelsOffline: [],
  });

  it('is written under the version that was read, and raises it', async () => {
    const conversation = await stored({ version: 4, channels: ['a'] });
    const next = rule(conversation);
    expect(await writeRule(table, conversation, next, LATER)).toEqual({ written: true });
    expect(await asStored(conversation.id)).toEqual({ ...conversation, ...next, version: 5, updatedAt: LATER });
  });

  it('is not written over a newer version', async () => {
    const conversation = await stored({ version: 4 });
    await writeRule(table, conversation, { ...rule(conversation), status: 'closed' }, LATER);
    expect(await writeRule(table, conversation, rule(conversation), LATER)).toEqual({ written: false });
    expect((await asStored(conversation.id))?.status).toBe('closed');
  });

  it('leaves what appends write alone: sequence and time of acceptance', async () => {
    const conversation = await stored({ seq: 1 });
    await reserveSequence(table, conversation.id, { count: 5, now: LATER, token: 'request-1', conditions: [] });
    await writeRule(table, conversation, rule(conversation), LATER + 1);
    expect(await asStored(conversation.id)).toMatchObject({ seq: 6, lastAt: LATER, status: 'active' });
  });

  async function withCommand(overrides: Partial<Conversation> = {}) {
    const conversation = aConversation(overrides);
    const message = aMessage({ conversation: conversation.id, type: 'command', text: '/accept' });
    await createConversation(table, { conversation, identities: [], messages: [message] });
    return { conversation, message };
  }

  it('finishes its message in the same transaction', async () => {
    const { conversation, message } = await withCommand();
    expect(await finishWithRule(table, { conversation, message, next: rule(conversation), now: LATER })).toEqual({
      written: true,
    });
    expect(await storedMessage(message)).toEqual({ ...message, state: 'done', updatedAt: LATER });
    expect(await asStored(conversation.id)).toMatchObject({ status: 'active', version: 1 });
  });

  it('may be nothing: the message is finished, the conversation stays as it is', async () => {
    const { conversation, message } = await withCommand();
    expect(await finishWithRule(table, { conversation, message, next: undefined, now: LATER })).toEqual({
      written: true,
    });
    expect((await storedMessage(message))?.state).toBe('done');
    expect(await asStored(conversation.id)).toEqual(conversation);
  });

  it.each([
    ['with a rule', true],
    ['without one', false],
  ])('leaves the message pending when the version has changed, %s', async (_how, changes) => {
    const { conversation, message } = await withCommand();
    await writeRule(table, conversation, { ...rule(conversation), status: 'closed' }, LATER);
    const next = changes ? rule(conversation) : undefined;
    expect(await finishWithRule(table, { conversation, message, next, now: LATER })).toEqual({ written: false });
    expect((await storedMessage(message))?.state).toBe('pending');
    expect((await asStored(conversation.id))?.status).toBe('closed');
  });

  it('is not written twice for one message', async () => {
    const { conversation, message } = await withCommand();
    await finishWithRule(table, { conversation, message, next: rule(conversation), now: LATER });
    const again = { ...conversation, version: 1 };
    expect(await finishWithRule(table, { conversation: again, message, next: rule(conversation), now: LATER })).toEqual(
      { written: false },
    );
    expect((await asStored(conversation.id))?.version).toBe(1);
  });
});

describe('a message of the contact', () => {
  async function heard(conversation: Conversation, overrides: Partial<Parameters<typeof storeInbound>[1]> = {}) {
    const message = aMessage({
      conversation: conversation.id,
      due: LATER,
      seq: conversation.seq + 1,
      role: 'contact',
      user: undefined,
      state: 'done',
      inbound: true,
    });
    const outcome = await storeInbound(table, {
      conversation,
      message,
      next: { ...conversation, status: 'queued', channels: ['front-desk'] },
      changes: { touchpoint: 'whatsapp', 'services.whatsapp': ['wa'], windowAt: LATER },
      guard: { ...inboundGuardKey(conversation.id, 'whatsapp', 'wamid.1') },
      now: LATER,
      ...overrides,
    });
    return { outcome, message };
  }

  it('is stored with what it changes, in one transaction', async () => {
    const conversation = await stored({ status: 'closed', seq: 4, version: 2 });
    const { outcome, message } = await heard(conversation);
    expect(outcome).toBe('stored');
    expect(await storedMessage(message)).toEqual(message);
    expect(await asStored(conversation.id)).toEqual({
      ...conversation,
      status: 'queued',
      channels: ['front-desk'],
      touchpoint: 'whatsapp',
      services: { whatsapp: ['wa'] },
      windowAt: LATER,
      lastAt: LATER,
      updatedAt: LATER,
      seq: 5,
      version: 3,
    });
  });

  it('repeated is stored once, also after other changes', async () => {
    const conversation = await stored();
    await heard(conversation);
    expect((await heard(conversation)).outcome).toBe('repeated');
    const current = (await asStored(conversation.id)) ?? conversation;
    expect((await heard(current)).outcome).toBe('repeated');
    expect(await asStored(conversation.id)).toEqual(current);
  });

  it.each<[string, Partial<Conversation>]>([
    ['a rule was written', { version: 1 }],
    ['a message was added', { seq: 9 }],
    ['the contact was deleted', { deletedAt: NOW }],
  ])('is outdated when %s since it was read, and nothing is written', async (_what, change) => {
    const conversation = await stored(change);
    const { outcome, message } = await heard({ ...conversation, version: 0, seq: 1 });
    expect(outcome).toBe('outdated');
    expect(await storedMessage(message)).toBeUndefined();
    expect(await asStored(conversation.id)).toEqual(conversation);
  });
});
