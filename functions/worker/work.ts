import type { Tick } from '../../shared/contracts/queue-messages.ts';
import { tellFailure } from '../../shared/delivery/tell-failure.ts';
import type { Conversation } from '../../shared/domain/conversation.ts';
import { isOutbound, isTerminal, type Message } from '../../shared/domain/message.ts';
import { pairFreeAt } from '../../shared/domain/pace.ts';
import { advance } from '../../shared/queue/advance.ts';
import { getConversation } from '../../shared/store/conversations.ts';
import { giveUpLease } from '../../shared/store/deliveries.ts';
import { findNext, readTurn } from '../../shared/store/turn.ts';
import { failPending } from '../../shared/store/withdrawals.ts';
import { carryOut } from './carry-out.ts';
import type { WorkerParts } from './parts.ts';
import { resolveUnclear } from './resolve-unclear.ts';
import type { Step } from './step.ts';

/** Closer than this to its moment, a message is waited for instead of ticked again: queues count whole seconds. */
const WAIT_INSIDE_MS = 1_000;
/** A predecessor that should have left that long ago may have lost its tick. */
const OVERDUE_MS = 5 * 60_000;

/** More rounds than any message needs; a tick that uses them up goes back to its queue. */
const ROUNDS = 10;

/**
 * What the worker does on a tick, in this order (design section 5). Any tick may come twice, late, or for a message
 * that is finished. Throws to leave the tick on its queue.
 */
export async function work(parts: WorkerParts, tick: Tick): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const step = await look(parts, tick);
    if (step === 'finished') await wakeNext(parts, tick);
    if (step !== 'again') return;
  }
  throw new Error('A message changed on every look at it.');
}

async function look(parts: WorkerParts, tick: Tick): Promise<Step> {
  // The clock before the reads, and the conversation before its messages: what is judged due by this clock was judged
  // by no later state, and a rule is written against a version no newer than the messages that were seen.
  const now = parts.clock.now();
  const conversation = await getConversation(parts.table, tick.conversation, { consistent: true });
  const { own, predecessor } = await readTurn(parts.table, tick.conversation, tick.key);
  if (!conversation || !own) return 'done';

  if (isTerminal(own.state)) {
    await tellFailure(parts, own);
    return 'finished';
  }
  if (own.due > now) return untilDue(parts, own, now);
  if (predecessor) return behind(parts, predecessor, now);
  return inTurn(parts, conversation, own, now);
}

const wakeNext = (parts: WorkerParts, finished: Tick): Promise<void> =>
  advance(parts.ticker, (conversation, key) => findNext(parts.table, conversation, key), finished, parts.clock.now());

async function untilDue(parts: WorkerParts, own: Message, now: number): Promise<Step> {
  if (own.due - now > WAIT_INSIDE_MS) {
    await parts.ticker.tick({ message: own, at: own.due });
    return 'done';
  }
  await parts.clock.sleep(own.due - now);
  return 'again';
}

async function behind(parts: WorkerParts, predecessor: Message, now: number): Promise<Step> {
  // Whoever finishes the predecessor wakes us, unless its tick was lost or is parked.
  if (predecessor.due < now - OVERDUE_MS) await parts.ticker.tick({ message: predecessor, at: now });
  return 'done';
}

async function inTurn(parts: WorkerParts, conversation: Conversation, own: Message, now: number): Promise<Step> {
  switch (own.state) {
    case 'unknown':
      return own.until !== undefined && own.until > now
        ? tickAt(parts, own, own.until)
        : resolveUnclear(parts, conversation, own, now);
    case 'sending':
      return own.lease !== undefined && own.lease > now ? tickAt(parts, own, own.lease) : leaseIsOver(parts, own, now);
    default:
      if (own.notBefore !== undefined && own.notBefore > now) return tickAt(parts, own, own.notBefore);
      if (now > own.expiresAt) return expire(parts, own, now);
      return paced(parts, conversation, own, now) ?? carryOut(parts, conversation, own, now);
  }
}

async function tickAt(parts: WorkerParts, message: Message, at: number): Promise<Step> {
  await parts.ticker.tick({ message, at });
  return 'done';
}

/** The sender vanished between its claim and its record: what it did is unclear until its window is over. */
async function leaseIsOver(parts: WorkerParts, own: Message, now: number): Promise<Step> {
  const until = now + parts.unknownMs;
  const outcome = await giveUpLease(parts.table, own, { token: own.token, now, until });
  if (!outcome.changed) return 'again';
  parts.observe.count('MessageUnknown', 1, own.touchpoint);
  return tickAt(parts, own, until);
}

/** Handed over now, it would only be put back: the contact had a WhatsApp message a moment ago. */
function paced(parts: WorkerParts, conversation: Conversation, own: Message, now: number): Promise<Step> | undefined {
  const at = isOutbound(own) ? pairFreeAt(own.touchpoint, conversation, parts.pairMs) : 0;
  if (at <= now) return undefined;
  parts.observe.count('MessagePaced', 1, own.touchpoint);
  return tickAt(parts, own, at);
}

async function expire(parts: WorkerParts, own: Message, now: number): Promise<Step> {
  const outcome = await failPending(parts.table, own, now, {
    code: 'expired',
    class: 'permanent',
    message: 'The message could not be sent within a day of its moment.',
  });
  if (outcome.changed) parts.observe.count('MessageFailed', 1, own.touchpoint);
  return 'again';
}
