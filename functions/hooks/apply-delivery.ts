import type { Service } from '../../shared/contracts/configuration.ts';
import { applyReport } from '../../shared/delivery/apply-report.ts';
import { noteEffect } from '../../shared/delivery/note-effect.ts';
import { tellFailure } from '../../shared/delivery/tell-failure.ts';
import { addressOf } from '../../shared/domain/address.ts';
import { asSent } from '../../shared/domain/fallback.ts';
import type { Message } from '../../shared/domain/message.ts';
import type { DeliveryEvent } from '../../shared/providers/provider.ts';
import { advance } from '../../shared/queue/advance.ts';
import { getConversation } from '../../shared/store/conversations.ts';
import { findNext } from '../../shared/store/messages.ts';
import { turnOffTemplate } from '../../shared/store/templates.ts';
import { correlationOf } from './find-correlation.ts';
import { followWithFallback } from './follow-with-fallback.ts';
import type { HookParts } from './parts.ts';

/**
 * What a provider reports of a message it was given. The message is the one that our own correlation names, never one
 * that merely has the provider's id; a report about another organization's message is none of this service's business.
 */
export async function applyDelivery(parts: HookParts, service: Service, event: DeliveryEvent): Promise<void> {
  const correlation = await correlationOf(parts, service.type, event);
  if (!correlation) {
    parts.observe.info('A report names no message of ours.', { service: service.id, provider: service.type });
    return;
  }
  const finished = await applyReport(parts, service, { ...event, correlation });
  const { message } = finished;
  if (event.error?.effect && message) await noteAddress(parts, message, event.error, event.at);
  const template = message && asSent(message).template;
  if (event.error?.effect === 'template_off' && message && template) {
    const by = { error: event.error, now: parts.clock.now() };
    await turnOffTemplate(parts.table, message.organization, template, by);
  }
  if (event.error?.effect === 'needs_template' && message?.attempt === correlation.attempt) {
    await followWithFallback(parts, message);
  }
  if (message) await tellFailure(parts, message);
  if (finished.wake) {
    const next = (conversation: string, key: string) => findNext(parts.table, conversation, key);
    await advance(parts.ticker, next, correlation, parts.clock.now());
  }
}

/** What the failure says of the contact's address itself: that they want nothing more, or that it does not work. */
async function noteAddress(
  parts: HookParts,
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
