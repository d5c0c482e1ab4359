import type { Delivery } from '../contracts/queue-messages.ts';
import { type Message, SENDABLE_MS } from '../domain/message.ts';
import { IDENTIFIER_OF } from '../domain/touchpoint.ts';
import { nextAttempt, UNKNOWN_ERROR } from '../domain/unclear.ts';
import type { LookupResult } from '../providers/provider.ts';
import { type Carrier, resolveUnknown, type SendOutcome } from '../store/deliveries.ts';
import { countIdentifiers } from '../store/identities.ts';
import { listBetween } from '../store/message-lists.ts';
import { getMessage } from '../store/messages.ts';
import { conclude, yieldTo } from './conclude.ts';
import type { DeliveryParts } from './parts.ts';
import { prepare } from './prepare.ts';

/**
 * Finds out what became of an attempt whose outcome is unclear, where the provider can be asked: sent after all, or
 * certainly not and then it is sent again. While the provider cannot tell, it is asked again later.
 */
export async function settle(parts: DeliveryParts, delivery: Delivery): Promise<void> {
  const now = parts.clock.now();
  const message = await getMessage(parts.table, delivery.conversation, delivery.key);
  const isUnclear = message?.state === 'unknown' && message.attempt === delivery.attempt && (message.until ?? 0) <= now;
  if (!isUnclear) return yieldTo(parts, delivery, message);

  const { answer, carrier } = await ask(parts, message);
  const outcome = verdict(parts, message, answer, now);
  const resolved = await resolveUnknown(
    parts.table,
    delivery,
    { attempt: message.attempt, now, lookedUp: true, carrier },
    outcome,
  );
  if (resolved.changed) count(parts, outcome);
  await (resolved.changed ? conclude : yieldTo)(parts, delivery, resolved.message);
}

/**
 * Without an answer where nobody can tell: no lookup, one at the wrong address, or a message that may not be sent any
 * more.
 */
async function ask(parts: DeliveryParts, message: Message): Promise<{ answer?: LookupResult; carrier?: Carrier }> {
  const prepared = await prepare(parts, message);
  if (!('send' in prepared) || !prepared.provider.lookup) return {};
  const { request, provider } = prepared;
  const { correlation, touchpoint, service, secret, to, content, senderId, timeoutMs } = request;
  const since = message.firstSentAt ?? message.createdAt;
  const asked = { correlation, touchpoint, service, secret, to, content, senderId, since, timeoutMs };
  const found = await prepared.provider.lookup(asked);
  const answer = found.outcome === 'found' ? await withoutOthers(parts, message, found.providerIds) : found;
  if (answer.outcome === 'absent' && (await hasOtherAddresses(parts, message))) return {};
  return { answer, carrier: { service: service.id, provider: provider.name } };
}

/** Then the attempt may have gone to one that was the primary at the time, of which nothing is kept to look it up. */
const hasOtherAddresses = async ({ table, touchpoint }: DeliveryParts, { conversation }: Message): Promise<boolean> =>
  (await countIdentifiers(table, conversation, IDENTIFIER_OF[touchpoint])) > 1;

/** The same text may have been sent to the same number before: what is known as another message is not this one. */
async function withoutOthers(
  parts: DeliveryParts,
  message: Message,
  providerIds: readonly string[],
): Promise<LookupResult> {
  const now = parts.clock.now();
  const around = await listBetween(parts.table, message.conversation, { from: now - 2 * SENDABLE_MS, to: now });
  const taken = new Set(around.filter(({ id }) => id !== message.id).map(({ providerId }) => providerId));
  const ours = providerIds.filter((id) => !taken.has(id));
  return ours.length > 0 ? { outcome: 'found', providerIds: ours } : { outcome: 'absent' };
}

function verdict(parts: DeliveryParts, message: Message, result: LookupResult | undefined, now: number): SendOutcome {
  if (!result) return { state: 'failed', error: UNKNOWN_ERROR };
  switch (result.outcome) {
    case 'found':
      return { state: 'sent', providerId: result.providerIds[0] ?? '', receipt: { status: 'accepted', at: now } };
    case 'absent':
      return nextAttempt(message.attempt, now, message.error);
    case 'unclear':
      return now > message.expiresAt
        ? { state: 'failed', error: UNKNOWN_ERROR }
        : { state: 'unknown', until: now + parts.settings.unknownMs, error: message.error ?? UNKNOWN_ERROR };
  }
}

const count = ({ observe, touchpoint }: DeliveryParts, { state }: SendOutcome): void => {
  if (state === 'pending') observe.count('MessageSentAgain', 1, touchpoint);
  if (state === 'sent') observe.count('MessageSent', 1, touchpoint);
  if (state === 'failed') observe.count('MessageFailed', 1, touchpoint);
};
