import { isUnknownCommand, UNKNOWN_COMMAND } from '../../shared/domain/commands.ts';
import type { Conversation } from '../../shared/domain/conversation.ts';
import { isOutbound, type Message } from '../../shared/domain/message.ts';
import { applyRule } from '../../shared/domain/rules.ts';
import { exceedsMeta, MAX_META_KEYS, propertyChangesOf } from '../../shared/domain/set-command.ts';
import { getMessage } from '../../shared/store/messages.ts';
import { writeProperties } from '../../shared/store/property-changes.ts';
import { findRuleContext } from '../../shared/store/rule-context.ts';
import { finishWithRule, writeRule } from '../../shared/store/rule-writes.ts';
import { failPending } from '../../shared/store/withdrawals.ts';
import type { WorkerParts } from './parts.ts';
import type { Step } from './step.ts';

/**
 * Carries out a message whose turn it is: applies its rule, and hands it to its touchpoint or finishes it. A rule is
 * written only against the version that was read, so a stale worker cannot reopen what `/leave` closed.
 */
export async function carryOut(
  parts: WorkerParts,
  conversation: Conversation,
  own: Message,
  now: number,
): Promise<Step> {
  const message = own.bodyApart ? await getMessage(parts.table, own.conversation, own.key) : own;
  if (!message) return 'done';
  if (conversation.deletedAt !== undefined && !isOutbound(message)) return fail(parts, message, now, DELETED);
  if (isUnknownCommand(message)) return fail(parts, message, now, UNKNOWN_COMMAND);

  const next =
    conversation.deletedAt === undefined
      ? applyRule(conversation, message, await findRuleContext(parts, { conversation, message, now }))
      : conversation;
  const changed = next !== conversation;
  if (isOutbound(message)) {
    if (changed && !(await writeRule(parts.table, conversation, next, now)).written) return 'again';
    return handOver(parts, message, now);
  }
  const properties = message.applied ? undefined : propertyChangesOf([message]);
  if (properties && exceedsMeta(conversation, properties)) return fail(parts, message, now, META_FULL);
  const write = properties && writeProperties(properties, conversation);
  const { written } = await finishWithRule(parts.table, {
    conversation,
    message,
    next: changed ? next : undefined,
    write,
    now,
  });
  return written ? 'finished' : 'again';
}

async function handOver(parts: WorkerParts, message: Message, now: number): Promise<Step> {
  const { touchpoint, conversation, key, organization, attempt } = message;
  if (!touchpoint) return fail(parts, message, now, NO_TOUCHPOINT);
  await parts.deliveries[touchpoint].send([
    { body: { conversation, key, organization, attempt }, group: organization },
  ]);
  parts.observe.duration('Lateness', now - Math.max(message.due, message.notBefore ?? 0), touchpoint);
  return 'done';
}

const DELETED = { code: 'contact_deleted', message: 'The contact was deleted.' };
const META_FULL = { code: 'meta_full', message: `The conversation has ${MAX_META_KEYS} keys in meta already.` };
const NO_TOUCHPOINT = { code: 'touchpoint_required', message: 'The message has no touchpoint.' };

/** Ends in failure, seen in the conversation's stream. */
async function fail(
  parts: WorkerParts,
  message: Message,
  now: number,
  reason: { code: string; message: string },
): Promise<Step> {
  const outcome = await failPending(parts.table, message, now, { class: 'permanent', ...reason });
  if (outcome.changed) parts.observe.count('MessageFailed', 1, message.touchpoint);
  return 'again';
}
