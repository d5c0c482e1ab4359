import type { Conversation } from '../domain/conversation.ts';
import { asFallback, hasFallbackLeft } from '../domain/fallback.ts';
import { type Message, SENDABLE_MS } from '../domain/message.ts';
import { untilWritten } from '../store/contention.ts';
import { appendOnce, getConversation } from '../store/conversations.ts';
import { absent, equals } from '../store/expression.ts';
import { messageKey, messageSk } from '../store/keys.ts';
import { getMessage } from '../store/messages.ts';
import { updateAction } from '../store/table.ts';
import type { ReportParts } from './parts.ts';

/**
 * The provider had taken a text and reports that it takes none: it is over for that message, so its fallback follows as
 * a message of its own, at the end of the conversation. However often the report comes, once.
 */
export async function followWithFallback(parts: ReportParts, refused: Message): Promise<void> {
  if (!hasFallbackLeft(refused)) return;
  const followed = await untilWritten(
    () => followOnce(parts, refused),
    parts.clock,
    parts.random,
    () => parts.observe.count('WriteContended'),
  );
  if (followed.message) await parts.ticker.tick({ message: followed.message, at: followed.message.due });
}

/** Refused, and not waiting for another attempt, nor arrived after all. */
const isOver = (message: Message): boolean => hasFallbackLeft(message) && message.receipt?.status === 'failed';

/** Without a message: there is nothing to follow any more. Undefined: somebody else wrote meanwhile. */
async function followOnce(
  { table, clock, ids }: ReportParts,
  { conversation: of, key }: Message,
): Promise<{ message?: Message } | undefined> {
  const [conversation, refused] = await Promise.all([
    getConversation(table, of, { consistent: true }),
    getMessage(table, of, key),
  ]);
  if (!conversation || conversation.deletedAt !== undefined || !refused || !isOver(refused)) return {};
  const now = Math.max(clock.now(), conversation.lastAt);
  const message = fallbackMessage(refused, conversation, { id: ids.next(now), now });
  const followedBy = updateAction(
    table,
    messageKey(of, key),
    { set: { fallbackBy: message.id, updatedAt: now } },
    absent('fallbackBy'),
    equals('receipt.status', 'failed'),
  );
  const { stored } = await appendOnce(table, conversation, {
    now,
    changes: {},
    identities: [],
    messages: [message],
    also: [followedBy],
  });
  return stored ? { message } : undefined;
}

function fallbackMessage(refused: Message, { seq }: Conversation, { id, now }: { id: string; now: number }): Message {
  const { text, template, meta } = asFallback(refused);
  const { type, role, user, touchpoint, conversation, organization } = refused;
  return {
    id,
    conversation,
    organization,
    type,
    role,
    ...(user !== undefined && { user }),
    ...(touchpoint && { touchpoint }),
    ...(text !== undefined && { text }),
    ...(template && { template }),
    ...(meta && { meta }),
    fallbackOf: refused.id,
    key: messageSk(now, seq + 1),
    due: now,
    seq: seq + 1,
    state: 'pending',
    attempt: 0,
    expiresAt: now + SENDABLE_MS,
    createdAt: now,
    updatedAt: now,
  };
}
