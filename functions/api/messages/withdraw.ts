import { wake } from '../../../shared/acceptance/wake.ts';
import type { Caller } from '../../../shared/auth/caller.ts';
import { RequestError } from '../../../shared/domain/errors.ts';
import { type Message, type MessageState, SENDABLE_MS } from '../../../shared/domain/message.ts';
import { advance } from '../../../shared/queue/advance.ts';
import { EnqueueError } from '../../../shared/queue/send.ts';
import { untilWritten } from '../../../shared/store/contention.ts';
import { messageSk } from '../../../shared/store/keys.ts';
import { findNext } from '../../../shared/store/turn.ts';
import { cancel, move } from '../../../shared/store/withdrawals.ts';
import type { ApiParts } from '../parts.ts';
import { readMessage } from './read-message.ts';

const WORDS: Readonly<Partial<Record<MessageState, string>>> = {
  pending: 'an attempt at it is unclear',
  sending: 'it is being sent',
  unknown: 'nobody can tell yet whether it was sent',
  sent: 'it was sent',
  failed: 'it failed',
  done: 'it is done',
  canceled: 'it was canceled',
};

const tooLate = ({ state }: Message): RequestError =>
  new RequestError('message_not_pending', `The message cannot be changed any more: ${WORDS[state]}.`);

/** Withdraws a message that still waits. Once it answers, the message is never sent. Throws 404, and 409 too late. */
export async function cancelMessage(parts: ApiParts, caller: Caller, id: string): Promise<void> {
  const canceled = await untilWritten(
    async () => {
      const { message } = await readMessage(parts, caller, id);
      if (message.state === 'canceled') return message;
      const outcome = await cancel(parts.table, message, parts.clock.now());
      if (outcome.changed || outcome.message?.state === 'canceled') return outcome.message;
      if (outcome.message && outcome.message.state !== 'moved') throw tooLate(outcome.message);
      return undefined;
    },
    parts.clock,
    parts.random,
    () => parts.observe.count('WriteContended'),
  );
  await wakeBehind(parts, canceled);
}

/**
 * Gives a message that still waits another moment, counted from now. Throws 404, and 409 when it is too late. Answers
 * the message at its new place.
 */
export async function moveMessage(
  parts: ApiParts,
  caller: Caller,
  id: string,
  delay: number,
): Promise<{ message: Message; orgPath: string }> {
  const moved = await untilWritten(
    async () => {
      const { message, orgPath } = await readMessage(parts, caller, id);
      if (message.state !== 'pending' || message.unclear) throw tooLate(message);
      const now = parts.clock.now();
      const due = now + delay;
      const key = messageSk(due, message.seq);
      if (key === message.key) return { from: message, to: message, orgPath };
      const to: Message = {
        ...message,
        key,
        due,
        delay,
        notBefore: undefined,
        updatedAt: now,
        expiresAt: due + SENDABLE_MS,
      };
      return (await move(parts.table, message, to, now)) ? { from: message, to, orgPath } : undefined;
    },
    parts.clock,
    parts.random,
    () => parts.observe.count('WriteContended'),
  );
  await wake(parts, [moved.to]);
  await wakeBehind(parts, moved.from);
  return { message: moved.to, orgPath: moved.orgPath };
}

/** What waited behind a message that left its place; the sweeper does it too, so a queue that is down costs time only. */
async function wakeBehind(parts: ApiParts, left: Message): Promise<void> {
  const next = (conversation: string, key: string) => findNext(parts.table, conversation, key);
  try {
    await advance(parts.ticker, next, left, parts.clock.now());
  } catch (error) {
    if (!(error instanceof EnqueueError)) throw error;
    parts.observe.count('EnqueueFailed', error.count);
  }
}
