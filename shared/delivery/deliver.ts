import type { Delivery } from '../contracts/queue-messages.ts';
import type { Message } from '../domain/message.ts';
import type { Rejected } from '../providers/provider.ts';
import { type Invocation, TryLaterError } from '../queue/consume.ts';
import { type Carrier, claim, record, type SendOutcome } from '../store/deliveries.ts';
import { dueOf } from '../store/keys.ts';
import { turnOffTemplate } from '../store/templates.ts';
import { conclude, yieldTo } from './conclude.ts';
import { noteEffect } from './note-effect.ts';
import { outcomeOf } from './outcome.ts';
import type { DeliveryParts } from './parts.ts';
import { type Prepared, prepare } from './prepare.ts';
import { applyParked, pointAt } from './receipt-pointer.ts';
import { settle } from './settle.ts';

/**
 * Sends one message at one attempt, if nobody else does: claim, gate, one provider call, record, wake the next
 * (design section 5). Throws to leave the delivery on its queue; a repeated or late one does no harm.
 */
export async function deliver(parts: DeliveryParts, delivery: Delivery, invocation: Invocation): Promise<void> {
  if (invocation.remainingMs() < parts.settings.minRemainingMs) {
    throw new TryLaterError('Too little of the invocation is left to claim a message.');
  }
  if (delivery.resolve) return settle(parts, delivery);

  const token = parts.newToken();
  const claimed = await claim(parts.table, delivery, {
    attempt: delivery.attempt,
    token,
    now: parts.clock.now(),
    leaseMs: parts.settings.leaseMs,
    due: dueOf(delivery.key),
  });
  if (!claimed.changed) return yieldTo(parts, delivery, claimed.message);
  await conclude(parts, delivery, await attempt(parts, claimed.message, token));
}

/** The message as it stands after the attempt: as we recorded it, or as others left it once the claim was not ours. */
async function attempt(parts: DeliveryParts, message: Message, token: string): Promise<Message | undefined> {
  const prepared = await beforeSending(parts, message, token);
  if (!('send' in prepared)) return recordOutcome(parts, message, { token }, prepared);
  const result = await prepared.send();
  await pointAt(parts, prepared, result);
  if (result.outcome === 'rejected') await noteEffect(parts, prepared.reach, { ...result, about: message.id });
  const { service, provider } = prepared;
  const outcome = outcomeOf(parts, prepared.message, result);
  const carrier = { service: service.id, provider: provider.name, ...nature(prepared, outcome) };
  const recorded = await recordOutcome(parts, message, { token, carrier }, outcome);
  if (result.outcome === 'rejected' && result.effect === 'template_off') await noteTemplateOff(parts, prepared, result);
  return (await applyParked(parts, prepared, result)) ?? recorded;
}

/** Nothing has left yet: whatever goes wrong of ours here gives the claim back, at the same attempt. */
async function beforeSending(parts: DeliveryParts, message: Message, token: string): Promise<Prepared | SendOutcome> {
  try {
    const prepared = await prepare(parts, message);
    const pace =
      'send' in prepared ? await parts.pace.ask({ ...prepared, touchpoint: parts.touchpoint }) : { go: true as const };
    return pace.go ? prepared : { state: 'pending', attempt: message.attempt, notBefore: pace.at };
  } catch (error) {
    const now = parts.clock.now();
    await record(parts.table, message, { token, now }, { state: 'pending', attempt: message.attempt });
    throw error;
  }
}

async function recordOutcome(
  parts: DeliveryParts,
  message: Message,
  by: { token: string; carrier?: Carrier },
  outcome: SendOutcome,
): Promise<Message | undefined> {
  const recorded = await record(parts.table, message, { ...by, now: parts.clock.now() }, outcome);
  if (recorded.changed) {
    const paced = outcome.state === 'pending' && outcome.attempt === message.attempt;
    parts.observe.count(paced ? 'MessagePaced' : METRIC[outcome.state], 1, parts.touchpoint);
  }
  return recorded.message;
}

/** As what the attempt went, if it may have gone: one that certainly did not is decided anew. */
function nature(
  { message, request: { content } }: Prepared,
  { state }: SendOutcome,
): Pick<Carrier, 'subject' | 'fallbackUsed'> {
  if (content.kind === 'email') return { subject: content.subject };
  const isFallback = content.kind === 'template' && message.template === undefined;
  return isFallback && state !== 'pending' ? { fallbackUsed: true } : {};
}

const METRIC = {
  sent: 'MessageSent',
  failed: 'MessageFailed',
  pending: 'MessageRetried',
  unknown: 'MessageUnknown',
} as const;

/** After the record: the message is finished whatever becomes of this. */
async function noteTemplateOff(parts: DeliveryParts, { reach, request }: Prepared, error: Rejected): Promise<void> {
  if (request.content.kind !== 'template') return;
  await turnOffTemplate(parts.table, reach.organization, request.content, { error, now: parts.clock.now() });
}
