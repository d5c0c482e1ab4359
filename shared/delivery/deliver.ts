import type { Delivery } from '../contracts/queue-messages.ts';
import { isTerminal, type Message } from '../domain/message.ts';
import { advance } from '../queue/advance.ts';
import { type Invocation, TryLaterError } from '../queue/consume.ts';
import { claim, giveUpLease, record, type SendOutcome } from '../store/deliveries.ts';
import { dueOf } from '../store/keys.ts';
import { findNext } from '../store/messages.ts';
import { outcomeOf } from './outcome.ts';
import type { DeliveryParts } from './parts.ts';
import { type Prepared, prepare } from './prepare.ts';
import { settle } from './settle.ts';

/**
 * Sends one message at one attempt, if nobody else does: claim, gate, one provider call, record, wake the next
 * (design section 5). Throws to leave the delivery on its queue; a repeated or late one does no harm.
 */
export async function deliver(parts: DeliveryParts, delivery: Delivery, invocation: Invocation): Promise<void> {
  if (invocation.remainingMs() < parts.settings.minRemainingMs) {
    throw new TryLaterError('Too little of the invocation is left to claim a message.');
  }
  if (delivery.resolve) return settle(parts, delivery, conclude, yieldTo);

  const token = parts.newToken();
  const claimed = await claim(parts.table, delivery, {
    attempt: delivery.attempt,
    token,
    now: parts.clock.now(),
    leaseMs: parts.settings.leaseMs,
    due: dueOf(delivery.key),
  });
  if (!claimed.changed) return yieldTo(parts, delivery, claimed.message);

  const prepared = await beforeSending(parts, claimed.message, token);
  const outcome = 'send' in prepared ? await call(parts, claimed.message, prepared) : prepared;
  await conclude(parts, delivery, await recordAs(parts, claimed.message, token, outcome));
}

/** Nothing has left yet: whatever goes wrong of ours here gives the claim back, at the same attempt. */
async function beforeSending(parts: DeliveryParts, message: Message, token: string): Promise<Prepared | SendOutcome> {
  try {
    return await prepare(parts, message);
  } catch (error) {
    await record(
      parts.table,
      message,
      { token, now: parts.clock.now() },
      { state: 'pending', attempt: message.attempt },
    );
    throw error;
  }
}

async function call(parts: DeliveryParts, message: Message, prepared: Prepared): Promise<SendOutcome> {
  const result = await prepared.send();
  return outcomeOf(parts, message, prepared, result);
}

/** The message as it stands after the attempt: as we recorded it, or as others left it when the claim was not ours any more. */
async function recordAs(
  parts: DeliveryParts,
  message: Message,
  token: string,
  outcome: SendOutcome,
): Promise<Message | undefined> {
  const recorded = await record(parts.table, message, { token, now: parts.clock.now(), carrier: undefined }, outcome);
  if (recorded.changed) count(parts, outcome);
  return recorded.message;
}

const count = ({ observe, touchpoint }: DeliveryParts, outcome: SendOutcome): void => {
  const metric = { sent: 'MessageSent', failed: 'MessageFailed', pending: 'MessageRetried', unknown: 'MessageUnknown' } as const;
  observe.count(metric[outcome.state], 1, touchpoint);
};

/** Wakes whoever is next: the message behind a finished one, else this one at its own moment. */
async function conclude(parts: DeliveryParts, delivery: Delivery, message: Message | undefined): Promise<void> {
  if (!message) return;
  const now = parts.clock.now();
  if (isTerminal(message.state)) {
    await advance(parts.ticker, (conversation, key) => findNext(parts.table, conversation, key), delivery, now);
  } else if (message.state !== 'sending') {
    await parts.ticker.tick({ message, at: momentOf(message) });
  }
}

const momentOf = (message: Message): number =>
  message.state === 'unknown' ? (message.until ?? message.due) : Math.max(message.notBefore ?? 0, message.due);

/** Somebody else has the message, or had it: leaves it to them, but never without somebody to go on. */
async function yieldTo(parts: DeliveryParts, delivery: Delivery, found: Message | undefined): Promise<void> {
  if (found?.state !== 'sending') return conclude(parts, delivery, found);
  const now = parts.clock.now();
  if (found.lease !== undefined && found.lease > now) {
    throw new TryLaterError('Another invocation holds the message.');
  }
  const until = now + parts.settings.unknownMs;
  const outcome = await giveUpLease(parts.table, delivery, { token: found.token, now, until });
  if (outcome.changed) parts.observe.count('MessageUnknown', 1, parts.touchpoint);
  await conclude(parts, delivery, outcome.message);
}
