import { addressOf } from '../domain/address.ts';
import { judge } from '../domain/evidence.ts';
import { asSent } from '../domain/fallback.ts';
import { isTerminal, type Message } from '../domain/message.ts';
import { isFinal } from '../domain/receipts.ts';
import type { DeliveryEvent, ServiceConfig } from '../providers/provider.ts';
import { advance } from '../queue/advance.ts';
import { untilWritten } from '../store/contention.ts';
import { getConversation } from '../store/conversations.ts';
import { applyEvidence } from '../store/evidence.ts';
import { getMessage } from '../store/messages.ts';
import { turnOffTemplate } from '../store/templates.ts';
import { findNext } from '../store/turn.ts';
import { followWithFallback } from './follow-with-fallback.ts';
import { noteEffect } from './note-effect.ts';
import type { ReportParts } from './parts.ts';
import { tellFailure } from './tell-failure.ts';

/** Who reports. */
type Reporter = Pick<ServiceConfig, 'id' | 'organization' | 'type'>;
type NamedEvent = DeliveryEvent & Required<Pick<DeliveryEvent, 'correlation'>>;

/**
 * What a provider reports of a message it was given. The message is the one that our own correlation names; a report
 * about another organization's message is none of this service's business.
 */
export async function applyDelivery(parts: ReportParts, service: Reporter, event: NamedEvent): Promise<void> {
  const { correlation } = event;
  const finished = await untilWritten(
    () => applyOnce(parts, service, event),
    parts.clock,
    parts.random,
    () => parts.observe.count('WriteContended'),
  );
  const { message } = finished;
  if (event.error?.effect && message) await noteAddress(parts, message, event.error, event.at);
  const template = message && asSent(message).template;
  if (event.error?.effect === 'template_off' && message && template) {
    const by = { error: event.error, now: parts.clock.now() };
    await turnOffTemplate(parts.table, message.organization, template, by);
  }
  if (event.error && message?.attempt === correlation.attempt) {
    await followWithFallback(parts, message, event.error);
  }
  if (message) await tellFailure(parts, message);
  if (finished.wake) {
    const next = (conversation: string, key: string) => findNext(parts.table, conversation, key);
    await advance(parts.ticker, next, correlation, parts.clock.now());
  }
}

/** What the failure says of the contact's address itself: that they want nothing more, or that it does not work. */
async function noteAddress(
  parts: ReportParts,
  { id, conversation: of, touchpoint }: Message,
  error: NonNullable<DeliveryEvent['error']>,
  at: number | undefined,
): Promise<void> {
  const conversation = await getConversation(parts.table, of, { consistent: true });
  const address = conversation && touchpoint && addressOf(touchpoint, conversation);
  if (!address) return;
  const reach = { organization: conversation.organization, touchpoint, matchKey: address.matchKey };
  await noteEffect(parts, reach, { ...error, about: id, ...(at !== undefined && { at }) });
}

/** The message, if it is this service's organization's. Undefined: it changed between reading and writing. */
async function applyOnce(
  { table, clock, observe }: ReportParts,
  service: Reporter,
  event: NamedEvent,
): Promise<{ wake: boolean; message?: Message } | undefined> {
  const { correlation, status, providerId } = event;
  const message = await getMessage(table, correlation.conversation, correlation.key);
  if (!message || message.id !== correlation.message || message.organization !== service.organization) {
    return { wake: false };
  }
  const now = clock.now();
  const judgement = judge(message, {
    attempt: correlation.attempt,
    status,
    at: event.at ?? now,
    ...(event.error && { error: errorOf(event.error) }),
  });
  if (!judgement) return { wake: isTerminal(message.state) && isRepeated(message, event), message };
  const outcome = await applyEvidence(table, message, now, {
    ...judgement,
    providerId,
    carrier: { service: service.id, provider: service.type },
  });
  if (!outcome.changed) return undefined;
  observe.count('ReceiptReceived', 1, message.touchpoint);
  if (isFinal(judgement.receipt) && !isFinal(message.receipt)) observe.count('ReceiptFinal', 1, message.touchpoint);
  if (judgement.state)
    observe.count(judgement.state === 'sent' ? 'MessageSent' : 'MessageFailed', 1, message.touchpoint);
  return { wake: judgement.state !== undefined, message: outcome.message };
}

/**
 * A repeated report wakes again: the first may have been cut off after its write. One that only says what the send
 * recorded itself does not: each needless wake is a tick that goes through all messages behind.
 */
const isRepeated = ({ receipt }: Message, { status, at }: DeliveryEvent): boolean =>
  status !== 'accepted' && receipt?.status === status && (at === undefined || receipt.at === at);

const errorOf = ({
  code,
  message,
  class: failureClass,
}: NonNullable<DeliveryEvent['error']>): NonNullable<Message['error']> => ({
  code,
  message,
  class: failureClass,
});
