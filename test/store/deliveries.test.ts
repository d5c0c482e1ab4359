import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeliveryError, Message, MessageState, Receipt } from '../../shared/domain/message.ts';
import { createConversation } from '../../shared/store/conversations.ts';
import { claim, giveUpLease, record, resolveUnknown, type SendOutcome } from '../../shared/store/deliveries.ts';
import { applyEvidence } from '../../shared/store/evidence.ts';
import { messageSk } from '../../shared/store/keys.ts';
import { appendMessages, getMessage } from '../../shared/store/messages.ts';
import { untilQuiet } from '../../shared/store/quiet.ts';
import type { Table } from '../../shared/store/table.ts';
import type { Transition } from '../../shared/store/transition.ts';
import { cancel, failPending, move, skip } from '../../shared/store/withdrawals.ts';
import { aConversation, aMessage, NOW, newId, tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';

let emulator: TestTable;
let table: Table;
beforeAll(async () => {
  emulator = await startTestTable();
  table = tableOf(emulator);
});
afterAll(() => emulator.stop());

const TOKEN = 'our-claim';
const LEASE_MS = 45_000;
const LATER = NOW + 1_000;
const ERROR: DeliveryError = { code: 'timeout', class: 'ambiguous', message: 'No answer.' };
const ACCEPTED: Receipt = { status: 'accepted', at: LATER };

const STATES: readonly MessageState[] = [
  'pending',
  'sending',
  'unknown',
  'sent',
  'failed',
  'done',
  'canceled',
  'moved',
];
const statesBut = (...allowed: MessageState[]) => STATES.filter((state) => !allowed.includes(state));

/** A message as it is found in each state, after one claim of ours. */
const FOUND: Readonly<Record<MessageState, Partial<Message>>> = {
  pending: {},
  sending: { token: TOKEN, lease: NOW + LEASE_MS, firstSentAt: NOW },
  unknown: { token: TOKEN, until: NOW, unclear: true, firstSentAt: NOW },
  sent: { providerId: 'SM1', receipt: ACCEPTED },
  failed: { error: ERROR },
  done: {},
  canceled: {},
  moved: {},
};

async function stored(state: MessageState, overrides: Partial<Message> = {}): Promise<Message> {
  const message = aMessage({ state, ...FOUND[state], ...overrides });
  await appendMessages(table, [message]);
  return message;
}
const asStored = (message: Message) => getMessage(table, message.conversation, message.key);

/** The transition was refused: the message is as it was, and is answered as it stands. */
async function expectRefused(message: Message, transition: Transition): Promise<void> {
  expect(transition).toEqual({ changed: false, message });
  expect(await asStored(message)).toEqual(message);
}
async function expectChanged(message: Message, transition: Transition, to: Partial<Message>): Promise<Message> {
  expect(transition).toMatchObject({ changed: true, message: to });
  const after = await asStored(message);
  expect(after).toEqual(transition.message);
  return after ?? message;
}

const by = (overrides: Partial<Parameters<typeof claim>[2]> = {}) => ({
  attempt: 0,
  token: TOKEN,
  now: LATER,
  leaseMs: LEASE_MS,
  due: NOW,
  ...overrides,
});

describe('a claim', () => {
  it('makes a pending message ours until the lease is over', async () => {
    const message = await stored('pending');
    const after = await expectChanged(message, await claim(table, message, by()), {
      state: 'sending',
      token: TOKEN,
      lease: LATER + LEASE_MS,
      firstSentAt: LATER,
    });
    expect(after.text).toBe(message.text);
  });

  it('repeated by the same invocation is success', async () => {
    const message = await stored('pending');
    await claim(table, message, by());
    expect(await claim(table, message, by())).toMatchObject({ changed: true, message: { state: 'sending' } });
  });

  it('is refused to everybody else', async () => {
    const message = await stored('pending');
    await claim(table, message, by());
    const held = (await asStored(message)) ?? message;
    await expectRefused(held, await claim(table, message, by({ token: 'another' })));
  });

  it('keeps the moment of the first attempt', async () => {
    const message = await stored('pending', { attempt: 1, firstSentAt: NOW });
    await expectChanged(message, await claim(table, message, by({ attempt: 1 })), { firstSentAt: NOW });
  });

  it.each(statesBut('pending'))('is refused on a message that is %s under another token', async (state) => {
    const message = await stored(state, { ...(FOUND[state].token && { token: 'another' }) });
    await expectRefused(message, await claim(table, message, by()));
  });

  it.each<[string, Partial<Message>, Partial<Parameters<typeof claim>[2]>]>([
    ['for another attempt', { attempt: 1 }, { attempt: 0 }],
    ['for an attempt to come', { attempt: 1 }, { attempt: 2 }],
    ['before the time it has to wait for', { notBefore: LATER + 1 }, {}],
    ['before it is due', {}, { due: LATER + 1 }],
  ])('is refused %s', async (_when, overrides, how) => {
    const message = await stored('pending', overrides);
    await expectRefused(message, await claim(table, message, by(how)));
  });

  it('is allowed at the very moment', async () => {
    const message = await stored('pending', { notBefore: LATER });
    await expectChanged(message, await claim(table, message, by({ due: LATER })), { state: 'sending' });
  });

  it('of one that is not there finds nothing', async () =>
    expect(await claim(table, aMessage(), by())).toEqual({ changed: false, message: undefined }));

  it('of twenty at once is had by one', async () => {
    const message = await stored('pending');
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, index) => claim(table, message, by({ token: `claim-${index}` }))),
    );
    expect(claims.filter(({ changed }) => changed)).toHaveLength(1);
  });
});

const OUTCOMES: Readonly<Record<SendOutcome['state'], SendOutcome>> = {
  sent: { state: 'sent', providerId: 'SM2', receipt: ACCEPTED },
  failed: { state: 'failed', error: ERROR },
  pending: { state: 'pending', attempt: 1, notBefore: LATER + 500, error: ERROR },
  unknown: { state: 'unknown', until: LATER + 120_000, error: ERROR },
};
const outcomes = Object.entries(OUTCOMES);

describe('a record of what came of an attempt', () => {
  const carrier = { service: 'service-1', provider: 'twilio' };
  const ours = { token: TOKEN, now: LATER, carrier };

  it.each(
    outcomes.flatMap(([to, outcome]) => (['sending', 'unknown'] as const).map((from) => [from, to, outcome] as const)),
  )('under our claim goes from %s to %s, with the carrier', async (from, _to, outcome) => {
    const message = await stored(from);
    const after = await expectChanged(message, await record(table, message, ours, outcome), { ...outcome, ...carrier });
    expect(after.lease).toBeUndefined();
  });

  it('that gives the message back removes the claim, so that it cannot be used again', async () => {
    const message = await stored('sending');
    const back: SendOutcome = { state: 'pending', attempt: 0 };
    const after = await expectChanged(message, await record(table, message, ours, back), {
      state: 'pending',
      attempt: 0,
    });
    expect([after.token, after.lease, after.until, after.notBefore]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    await expectRefused(after, await record(table, message, ours, OUTCOMES.sent));
    await expectChanged(after, await claim(table, message, by({ token: 'the next' })), { state: 'sending' });
  });

  it('as unknown says that it is unclear, and keeps the claim for an answer that comes late', async () => {
    const message = await stored('sending');
    const after = await expectChanged(message, await record(table, message, ours, OUTCOMES.unknown), { unclear: true });
    await expectChanged(after, await record(table, message, ours, OUTCOMES.sent), { state: 'sent' });
  });

  it('as sent forgets why earlier attempts did not succeed', async () => {
    const message = await stored('sending', { attempt: 1, error: ERROR });
    const after = await expectChanged(message, await record(table, message, ours, OUTCOMES.sent), { state: 'sent' });
    expect(after.error).toBeUndefined();
  });

  it.each(statesBut('sending', 'unknown'))('is refused on a message that is %s', async (state) => {
    const message = await stored(state, { token: TOKEN });
    await expectRefused(message, await record(table, message, ours, OUTCOMES.sent));
  });

  it.each(['sending', 'unknown'] as const)('is refused under another claim, on one that is %s', async (state) => {
    const message = await stored(state, { token: 'another' });
    await expectRefused(message, await record(table, message, ours, OUTCOMES.sent));
  });
});

describe('giving up a lease', () => {
  const seen = { token: TOKEN, now: LATER, until: LATER + 120_000 };

  it('makes the message unknown, and unclear', async () => {
    const message = await stored('sending');
    const after = await expectChanged(message, await giveUpLease(table, message, seen), {
      state: 'unknown',
      until: seen.until,
      unclear: true,
      token: TOKEN,
    });
    expect(after.lease).toBeUndefined();
  });

  it.each(statesBut('sending'))('is refused on a message that is %s', async (state) => {
    const message = await stored(state, { token: TOKEN });
    await expectRefused(message, await giveUpLease(table, message, seen));
  });

  it('is refused when somebody else has it by now', async () => {
    const message = await stored('sending', { token: 'another' });
    await expectRefused(message, await giveUpLease(table, message, seen));
  });
});

describe('resolving what is unclear', () => {
  const over = { attempt: 0, now: LATER, lookedUp: false };

  it.each(outcomes)('goes from unknown to %s when the window is over', async (_to, outcome) => {
    const message = await stored('unknown');
    await expectChanged(message, await resolveUnknown(table, message, over, outcome), outcome);
  });

  it('takes the claim away when it is sent again, so that a late record cannot overtake', async () => {
    const message = await stored('unknown');
    const after = await expectChanged(message, await resolveUnknown(table, message, over, OUTCOMES.pending), {
      attempt: 1,
    });
    expect([after.token, after.until]).toEqual([undefined, undefined]);
    await expectRefused(after, await record(table, message, { token: TOKEN, now: LATER }, OUTCOMES.sent));
  });

  it.each<[string, boolean, SendOutcome, boolean | undefined]>([
    ['clears it when a lookup found nothing', true, OUTCOMES.pending, undefined],
    ['leaves it unclear when nobody was asked', false, OUTCOMES.pending, true],
    ['leaves it unclear while a lookup cannot tell', true, OUTCOMES.unknown, true],
  ])('%s', async (_what, lookedUp, outcome, unclear) => {
    const message = await stored('unknown');
    await resolveUnknown(table, message, { ...over, lookedUp }, outcome);
    expect((await asStored(message))?.unclear).toBe(unclear);
  });

  it.each(statesBut('unknown'))('is refused on a message that is %s', async (state) => {
    const message = await stored(state, { until: NOW });
    await expectRefused(message, await resolveUnknown(table, message, over, OUTCOMES.failed));
  });

  it.each<[string, Partial<Message>]>([
    ['before the window is over', { until: LATER + 1 }],
    ['for another attempt', { attempt: 1 }],
  ])('is refused %s', async (_when, overrides) => {
    const message = await stored('unknown', overrides);
    await expectRefused(message, await resolveUnknown(table, message, over, OUTCOMES.failed));
  });
});

describe('failing a message before it leaves', () => {
  it('ends a pending one with the reason', async () => {
    const message = await stored('pending', { notBefore: NOW });
    const after = await expectChanged(message, await failPending(table, message, LATER, ERROR), {
      state: 'failed',
      error: ERROR,
    });
    expect(after.notBefore).toBeUndefined();
  });

  it.each(statesBut('pending'))('is refused on a message that is %s', async (state) => {
    const message = await stored(state);
    await expectRefused(message, await failPending(table, message, LATER, ERROR));
  });
});

describe('withdrawing a message', () => {
  it('leaves a tombstone', async () => {
    const message = await stored('pending', { notBefore: NOW });
    const after = await expectChanged(message, await cancel(table, message, LATER), { state: 'canceled' });
    expect(after.notBefore).toBeUndefined();
  });

  it.each(statesBut('pending'))('is refused on one that is %s', async (state) => {
    const message = await stored(state);
    await expectRefused(message, await cancel(table, message, LATER));
  });

  it('is refused while it may have been sent', async () => {
    const message = await stored('pending', { attempt: 1, unclear: true });
    await expectRefused(message, await cancel(table, message, LATER));
  });
});

describe('moving a message', () => {
  async function toMove(state: MessageState, overrides: Partial<Message> = {}, deletedAt?: number) {
    const conversation = aConversation({ ...(deletedAt && { deletedAt }) });
    const message = aMessage({ conversation: conversation.id, state, ...FOUND[state], ...overrides });
    await createConversation(table, { conversation, identities: [], messages: [message] });
    const due = NOW + 60_000;
    return { message, moved: { ...message, due, key: messageSk(due, message.seq) } };
  }

  it('leaves a tombstone that says where it went, and the same message there', async () => {
    const { message, moved } = await toMove('pending');
    expect(await move(table, message, moved, LATER)).toBe(true);
    expect(await asStored(message)).toEqual({ ...message, state: 'moved', movedTo: moved.key, updatedAt: LATER });
    expect(await asStored(moved)).toEqual(moved);
  });

  it.each<[string, MessageState, Partial<Message>, number | undefined]>([
    ...statesBut('pending').map((state): [string, MessageState, Partial<Message>, undefined] => [
      `of one that is ${state}`,
      state,
      {},
      undefined,
    ]),
    ['of one that may have been sent', 'pending', { attempt: 1, unclear: true }, undefined],
    ['of a contact who was deleted', 'pending', {}, NOW],
  ])('is refused %s, and writes nothing', async (_which, state, overrides, deletedAt) => {
    const { message, moved } = await toMove(state, overrides, deletedAt);
    expect(await move(table, message, moved, LATER)).toBe(false);
    expect(await asStored(message)).toEqual(message);
    expect(await asStored(moved)).toBeUndefined();
  });
});

describe('an operator’s giving up of a message', () => {
  it.each<[string, MessageState, Partial<Message>]>([
    ['pending', 'pending', { notBefore: LATER + 60_000 }],
    ['unknown', 'unknown', { until: LATER + 60_000 }],
    ['under a lease that is over', 'sending', { lease: LATER }],
  ])('ends one that is %s', async (_which, state, overrides) => {
    const message = await stored(state, overrides);
    const after = await expectChanged(message, await skip(table, message, LATER), { state: 'failed' });
    expect([after.error?.code, after.token, after.lease, after.until, after.notBefore]).toEqual([
      'skipped',
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it.each<[string, MessageState, Partial<Message>]>([
    ['under a live lease', 'sending', { lease: LATER + 1 }],
    ...statesBut('pending', 'unknown', 'sending').map((state): [string, MessageState, object] => [state, state, {}]),
  ])('is refused on one that is %s', async (_which, state, overrides) => {
    const message = await stored(state, overrides);
    await expectRefused(message, await skip(table, message, LATER));
  });
});

describe('whether a message is on its way', () => {
  /** One look at the conversation, at NOW. */
  const isQuiet = (conversation: string): Promise<boolean> => {
    let now = NOW;
    const sleep = async (ms: number) => {
      now += ms;
    };
    return untilQuiet(table, { now: () => now, sleep }, conversation, 1);
  };

  it.each<[string, Partial<Message>, boolean]>([
    ['under a live lease', { state: 'sending', lease: NOW + 1 }, true],
    ['under a live lease, due long before', { state: 'sending', lease: NOW + 1, due: NOW - 3600_000 }, true],
    ['under a live lease, not due yet by our clock', { state: 'sending', lease: NOW + 1, due: NOW + 500 }, true],
    ['under a lease that is over', { state: 'sending', lease: NOW }, false],
    ['pending', { state: 'pending' }, false],
    ['sent', { state: 'sent' }, false],
  ])('one that is %s: %s', async (_which, overrides, expected) => {
    const conversation = newId();
    await appendMessages(table, [aMessage({ conversation, token: TOKEN, ...overrides })]);
    expect(await isQuiet(conversation)).toBe(!expected);
  });

  it('is seen behind a crowd of others', async () => {
    const conversation = newId();
    const first = aMessage({ conversation, due: NOW - 120_000, state: 'sending', token: TOKEN, lease: NOW + 1 });
    const crowd = Array.from({ length: 120 }, (_, index) =>
      aMessage({ conversation, seq: index + 2, due: NOW - index }),
    );
    for (let start = 0; start < crowd.length; start += 40) await appendMessages(table, crowd.slice(start, start + 40));
    await appendMessages(table, [first]);
    expect(await isQuiet(conversation)).toBe(false);
  });
});

describe('a provider’s word about a message', () => {
  const delivered: Receipt = { status: 'delivered', at: LATER };
  const carrier = { service: 'service-1', provider: 'twilio' };
  const sent = { state: 'sent', receipt: delivered, providerId: 'SM9', carrier } as const;

  it('sets state, receipt and the provider’s id, where none is known', async () => {
    const message = await stored('sending');
    await expectChanged(message, await applyEvidence(table, message, LATER, sent), {
      state: 'sent',
      receipt: delivered,
      providerId: 'SM9',
      ...carrier,
      receipts: [delivered],
    });
  });

  it('keeps the provider’s id that is known', async () => {
    const message = await stored('sent', { provider: 'twilio' });
    await expectChanged(
      message,
      await applyEvidence(table, message, LATER, { receipt: delivered, providerId: 'SM9' }),
      {
        state: 'sent',
        providerId: 'SM1',
        receipt: delivered,
      },
    );
  });

  it('that it was sent forgets why earlier attempts did not succeed', async () => {
    const message = await stored('pending', { attempt: 1, notBefore: LATER, error: ERROR });
    const after = await expectChanged(message, await applyEvidence(table, message, LATER, sent), { state: 'sent' });
    expect(after.error).toBeUndefined();
  });

  it('is kept in the order of arrival, the last ten', async () => {
    const receipts = Array.from({ length: 10 }, (_, index): Receipt => ({ status: 'accepted', at: NOW + index }));
    const message = await stored('sent', { receipts });
    const outcome = await applyEvidence(table, message, LATER, { receipt: delivered });
    expect(outcome.message?.receipts).toEqual([...receipts.slice(1), delivered]);
  });

  it.each<[string, Partial<Message>]>([
    ['state', { state: 'unknown', until: NOW }],
    ['attempt', { attempt: 1 }],
    ['receipt', { receipt: { status: 'read', at: NOW } }],
  ])('is refused when the %s has changed since it was judged', async (_what, change) => {
    const message = await stored('sending', change);
    const judged: Message = { ...message, state: 'sending', attempt: 0, receipt: undefined };
    await expectRefused(message, await applyEvidence(table, judged, LATER, sent));
  });

  it('is refused when the receipt it was judged by has moved on', async () => {
    const message = await stored('sent', { receipt: { status: 'read', at: NOW } });
    await expectRefused(
      message,
      await applyEvidence(table, { ...message, receipt: ACCEPTED }, LATER, { receipt: delivered }),
    );
  });
});
