import type { DeliveryError, Message } from '../domain/message.ts';
import { absent, all, any, atMost, type Condition, equals, oneOf } from './expression.ts';
import { conversationKey, messageKey } from './keys.ts';
import { putMessages, storeBodies } from './messages.ts';
import { checkAction, type Table, transact, updateAction } from './table.ts';
import { type Place, type Transition, transition } from './transition.ts';

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
