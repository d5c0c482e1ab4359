import type { DeliveryError, Message, Receipt } from '../domain/message.ts';
import { absent, all, any, atMost, type Changes, type Condition, equals, oneOf } from './expression.ts';
import { conversationKey, messageKey } from './keys.ts';
import { toMessage } from './message-item.ts';
import { putMessages, storeBodies } from './messages.ts';
import { checkAction, type Table, transact, updateAction, updateItem } from './table.ts';

/** Where a message stands: conversation and sort key. */
export interface Place {
  readonly conversation: string;
  readonly key: string;
}

/** The message after a change of state; or, when it was not in a state to change from, as it was found. */
export type Transition =
  | { readonly changed: true; readonly message: Message }
  | { readonly changed: false; readonly message: Message | undefined };

async function transition(
  table: Table,
  place: Place,
  changes: Changes,
  ...conditions: readonly Condition[]
): Promise<Transition> {
  const outcome = await updateItem(table, messageKey(place.conversation, place.key), changes, ...conditions);
  return outcome.done
    ? { changed: true, message: toMessage(outcome.item) }
    : { changed: false, message: outcome.old && toMessage(outcome.old) };
}

const readyAt = (attempt: number, now: number): Condition =>
  all(equals('state', 'pending'), equals('attempt', attempt), any(absent('notBefore'), atMost('notBefore', now)));

/**
 * `pending` → `sending`: the one invocation that holds `token` may call the provider, until the lease is over. Due and
 * not before its time, at the attempt it was handed over for. Repeating the call with the same token is success.
 */
export const claim = (
  table: Table,
  place: Place,
  by: { attempt: number; token: string; now: number; leaseMs: number; due: number },
): Promise<Transition> =>
  transition(
    table,
    place,
    {
      set: { state: 'sending', token: by.token, lease: by.now + by.leaseMs, updatedAt: by.now },
      fill: { firstSentAt: by.now },
    },
    by.due <= by.now ? any(readyAt(by.attempt, by.now), equals('token', by.token)) : equals('token', by.token),
  );

/** What carried an attempt, and as what. */
export interface Carrier {
  readonly service: string;
  readonly provider: string;
  readonly subject?: string | undefined;
  readonly fallbackUsed?: boolean | undefined;
}

export type SendOutcome =
  | { readonly state: 'sent'; readonly providerId: string; readonly receipt: Receipt }
  | { readonly state: 'failed'; readonly error: DeliveryError }
  | {
      readonly state: 'pending';
      readonly attempt: number;
      readonly notBefore?: number;
      readonly error?: DeliveryError;
      readonly fallbackUsed?: boolean;
      /** By another touchpoint, as those did not reach the contact. */
      readonly switched?: Pick<Message, 'touchpoint' | 'givenUp'>;
    }
  | { readonly state: 'unknown'; readonly until: number; readonly error: DeliveryError };

const outcomeChanges = (outcome: SendOutcome): Changes => {
  switch (outcome.state) {
    case 'sent':
      return {
        set: { state: 'sent', providerId: outcome.providerId, receipt: outcome.receipt, sentAt: outcome.receipt.at },
        remove: ['lease', 'until', 'notBefore', 'error'],
      };
    case 'failed':
      return { set: { state: 'failed', error: outcome.error }, remove: ['lease', 'until', 'notBefore'] };
    case 'pending':
      return {
        set: {
          state: 'pending',
          attempt: outcome.attempt,
          notBefore: outcome.notBefore,
          error: outcome.error,
          fallbackUsed: outcome.fallbackUsed,
          ...outcome.switched,
        },
        remove: [
          'token',
          'lease',
          'until',
          ...(outcome.notBefore === undefined ? ['notBefore'] : []),
          ...(outcome.switched ? ['fallbackUsed'] : []),
        ],
      };
    case 'unknown':
      return {
        set: { state: 'unknown', until: outcome.until, unclear: true, error: outcome.error },
        remove: ['lease'],
      };
  }
};

/** `sending` | `unknown` → what came of the attempt, if the claim is still ours. */
export const record = (
  table: Table,
  place: Place,
  by: { token: string; now: number; carrier?: Carrier },
  outcome: SendOutcome,
): Promise<Transition> => {
  const changes = outcomeChanges(outcome);
  return transition(
    table,
    place,
    { ...changes, set: { ...changes.set, ...by.carrier, updatedAt: by.now } },
    equals('token', by.token),
    oneOf('state', ['sending', 'unknown']),
  );
};

/** `sending` → `unknown`: the lease that was seen is over and nobody recorded what came of the attempt. */
export const giveUpLease = (
  table: Table,
  place: Place,
  seen: { token: string | undefined; now: number; until: number },
): Promise<Transition> =>
  transition(
    table,
    place,
    {
      set: { state: 'unknown', until: seen.until, unclear: true, updatedAt: seen.now },
      remove: ['lease'],
    },
    equals('state', 'sending'),
    equals('token', seen.token),
  );

/** `unknown` → sent, failed or the next attempt, when the window for evidence is over. */
export const resolveUnknown = (
  table: Table,
  place: Place,
  by: { attempt: number; now: number; lookedUp: boolean; carrier?: Carrier | undefined },
  outcome: SendOutcome,
): Promise<Transition> => {
  const changes = outcomeChanges(outcome);
  return transition(
    table,
    place,
    {
      ...changes,
      set: { ...changes.set, ...by.carrier, updatedAt: by.now },
      remove: [...(changes.remove ?? []), ...(by.lookedUp && outcome.state === 'pending' ? ['unclear'] : [])],
    },
    equals('state', 'unknown'),
    equals('attempt', by.attempt),
    atMost('until', by.now),
  );
};

/** What may still be withdrawn: waiting, and no attempt of it unclear. */
const withdrawable: Condition = all(equals('state', 'pending'), absent('unclear'));

/** `pending` → `canceled`: a tombstone stays, so that what waits behind it is woken. */
export const cancel = (table: Table, place: Place, now: number): Promise<Transition> =>
  transition(table, place, { set: { state: 'canceled', updatedAt: now }, remove: ['notBefore'] }, withdrawable);

/**
 * `pending` → `moved`, with the same message at its new place, in one transaction. False: it is not to be moved any
 * more, or its contact is gone.
 */
export async function move(table: Table, from: Message, to: Message, now: number): Promise<boolean> {
  // Its meta may have grown since it was stored.
  if (!from.bodyApart) await storeBodies(table, [to]);
  const outcome = await transact(table, [
    updateAction(
      table,
      messageKey(from.conversation, from.key),
      { set: { state: 'moved', movedTo: to.key, updatedAt: now }, remove: ['notBefore'] },
      withdrawable,
      ...(from.bodyApart ? [] : [from.meta ? equals('meta', from.meta) : absent('meta')]),
    ),
    ...putMessages(table, [to]),
    checkAction(table, conversationKey(from.conversation), absent('deletedAt')),
  ]);
  return outcome.done;
}

/** Whatever is not finished and in nobody's hands → `failed`: an operator gave it up. */
export const skip = (table: Table, place: Place, now: number): Promise<Transition> =>
  transition(
    table,
    place,
    {
      set: {
        state: 'failed',
        error: { code: 'skipped', class: 'permanent', message: 'An operator gave the message up.' },
        updatedAt: now,
      },
      remove: ['notBefore', 'token', 'lease', 'until'],
    },
    any(oneOf('state', ['pending', 'unknown']), all(equals('state', 'sending'), atMost('lease', now))),
  );

/** `pending` → `failed`: its time ran out, or nothing can carry it. */
export const failPending = (table: Table, place: Place, now: number, error: DeliveryError): Promise<Transition> =>
  transition(
    table,
    place,
    { set: { state: 'failed', error, updatedAt: now }, remove: ['notBefore', 'token'] },
    equals('state', 'pending'),
  );

const RECEIPTS_KEPT = 10;

/** It was sent, or even arrived: why earlier attempts did not succeed is of no interest any more. */
const outlivesErrors = ({ state, receipt }: { state?: 'sent' | 'failed'; receipt: Receipt }): boolean =>
  state === 'sent' || receipt.status === 'delivered' || receipt.status === 'read';

/**
 * A provider's word about a message, written against the state, attempt and receipt it was judged by.
 */
export const applyEvidence = (
  table: Table,
  seen: Message,
  now: number,
  evidence: {
    state?: 'sent' | 'failed';
    error?: DeliveryError;
    receipt: Receipt;
    providerId?: string;
    carrier?: { service: string; provider: string };
  },
): Promise<Transition> =>
  transition(
    table,
    seen,
    {
      set: {
        state: evidence.state,
        error: evidence.error,
        receipt: evidence.receipt,
        receipts: [...(seen.receipts ?? []), evidence.receipt].slice(-RECEIPTS_KEPT),
        providerId: seen.providerId ?? evidence.providerId,
        ...(seen.provider === undefined && evidence.carrier),
        ...(evidence.state === 'sent' && { sentAt: now }),
        updatedAt: now,
      },
      ...(outlivesErrors(evidence) && { remove: ['error'] }),
    },
    equals('state', seen.state),
    equals('attempt', seen.attempt),
    seen.receipt ? equals('receipt.status', seen.receipt.status) : absent('receipt'),
  );
