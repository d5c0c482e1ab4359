import type { Delivery } from '../contracts/queue-messages.ts';
import { isTerminal, type Message } from '../domain/message.ts';
import { advance } from '../queue/advance.ts';
import { TryLaterError } from '../queue/consume.ts';
import { giveUpLease } from '../store/deliveries.ts';
import { findNext } from '../store/turn.ts';
import { linkReceipts } from './link-receipts.ts';
import type { DeliveryParts } from './parts.ts';
import { tellFailure } from './tell-failure.ts';

const momentOf = (message: Message): number =>
  message.state === 'unknown' ? (message.until ?? message.due) : Math.max(message.notBefore ?? 0, message.due);

/** Wakes whoever is next: the message behind a finished one, else this one at its own moment. */
export async function conclude(parts: DeliveryParts, delivery: Delivery, message: Message | undefined): Promise<void> {
  if (!message) return;
  if (isTerminal(message.state)) {
    await tellFailure(parts, message);
    const next = (conversation: string, key: string) => findNext(parts.table, conversation, key);
    await advance(parts.ticker, next, delivery, parts.clock.now());
    await linkReceipts(parts, message);
  } else if (message.state !== 'sending') {
    await parts.ticker.tick({ message, at: momentOf(message) });
  }
}

/**
 * Somebody else has the message, or had it: leaves it to them, but never without somebody to go on. Throws
 * TryLaterError under a live lease: the delivery must survive the one who holds it.
 */
export async function yieldTo(parts: DeliveryParts, delivery: Delivery, found: Message | undefined): Promise<void> {
  if (found?.state !== 'sending') return conclude(parts, delivery, found);
  const now = parts.clock.now();
  if (found.lease !== undefined && found.lease > now) throw new TryLaterError('Another invocation holds the message.');
  const until = now + parts.settings.unknownMs;
  const outcome = await giveUpLease(parts.table, delivery, { token: found.token, now, until });
  if (outcome.changed) parts.observe.count('MessageUnknown', 1, parts.touchpoint);
  await conclude(parts, delivery, outcome.message);
}
