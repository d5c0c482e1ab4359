import type { DeliveryError, Message, Receipt } from '../domain/message.ts';
import { absent, all, any, atMost, type Changes, type Condition, equals, oneOf } from './expression.ts';
import type { Table } from './table.ts';
import { type Place, type Transition, transition } from './transition.ts';

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
