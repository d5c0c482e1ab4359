import type { Conversation } from '../domain/conversation.ts';
import { asFallback, hasFallbackLeft } from '../domain/fallback.ts';
import { isTerminal, type Message, SENDABLE_MS } from '../domain/message.ts';
import { alternativesLeft, isOfTouchpoint, switchTouchpoint } from '../domain/next-touchpoint.ts';
import type { DeliveryEvent } from '../providers/provider.ts';
import { untilWritten } from '../store/contention.ts';
import { appendOnce, getConversation } from '../store/conversations.ts';
import { absent, equals } from '../store/expression.ts';
import { messageKey, messageSk } from '../store/keys.ts';
import { getMessage } from '../store/messages.ts';
import { updateAction } from '../store/table.ts';
import type { ReportParts } from './parts.ts';

type Refusal = NonNullable<DeliveryEvent['error']>;

/**
 * The provider had taken a message and reports that it takes no text, or does not reach the contact: it is over for that
 * message, so its fallback, or itself by its next touchpoint, follows as a message of its own, at the end of the
 * conversation. However often the report comes, once.
 */
export async function followWithFallback(parts: ReportParts, refused: Message, error: Refusal): Promise<void> {
  if (!followerOf(refused, error)) return;
  const followed = await untilWritten(
    () => followOnce(parts, refused, error),
    parts.clock,
    parts.random,
    () => parts.observe.count('WriteContended'),
  );
  if (followed.message) await parts.ticker.tick({ message: followed.message, at: followed.message.due });
}

/** What is sent instead; nothing where that was done, or where nothing else is left to try. */
function followerOf(refused: Message, error: Refusal): Message | undefined {
  if (refused.fallbackBy !== undefined) return undefined;
  if (error.effect === 'needs_template' && hasFallbackLeft(refused)) {
    const { fallback: _used, ...follower } = asFallback(refused);
    return follower;
  }
  return isOfTouchpoint(error) ? switchTouchpoint(refused, error.code) : undefined;
}

/** Refused, and not waiting for another attempt, nor arrived after all. */
const isOver = ({ state, receipt }: Message): boolean => isTerminal(state) && receipt?.status === 'failed';

/** Without a message: there is nothing to follow any more. Undefined: somebody else wrote meanwhile. */
async function followOnce(
  { table, clock, ids }: ReportParts,
  { conversation: of, key }: Message,
  error: Refusal,
): Promise<{ message?: Message } | undefined> {
  const [conversation, refused] = await Promise.all([
    getConversation(table, of, { consistent: true }),
    getMessage(table, of, key),
  ]);
  const follower = refused && isOver(refused) ? followerOf(refused, error) : undefined;
  if (!conversation || conversation.deletedAt !== undefined || !refused || !follower) return {};
  const now = Math.max(clock.now(), conversation.lastAt);
  const message = messageOf(follower, conversation, { id: ids.next(now), now });
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

function messageOf(follower: Message, { seq }: Conversation, { id, now }: { id: string; now: number }): Message {
  const { type, role, user, touchpoint, conversation, organization, text, template, fallback, meta } = follower;
  const otherwise = alternativesLeft(follower);
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
    ...(fallback && { fallback }),
    ...(meta && { meta }),
    ...(otherwise.length > 0 && { otherwise }),
    fallbackOf: follower.id,
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
