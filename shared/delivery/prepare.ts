import type { Service } from '../contracts/configuration.ts';
import { addressOf } from '../domain/address.ts';
import type { Message } from '../domain/message.ts';
import { serviceFor } from '../domain/services.ts';
import type { Content, Provider, SendRequest, SendResult } from '../providers/provider.ts';
import { isOptedOut, type Reach } from '../store/consent.ts';
import { getConversation } from '../store/conversations.ts';
import type { SendOutcome } from '../store/deliveries.ts';
import { getMessage } from '../store/messages.ts';
import { CONTENT_OF } from './content/content.ts';
import type { DeliveryParts } from './parts.ts';
import { refuse } from './refuse.ts';

/** A message that may leave: the call to make, and what it was made of. */
export interface Prepared {
  readonly provider: Provider;
  readonly service: Service;
  readonly reach: Reach;
  readonly request: SendRequest;
  send(): Promise<SendResult>;
}

/**
 * The gate before the provider: contact, consent, window, service, content, read after the claim and consistently, so
 * that nothing stored before this read is outrun. Answers the failure of a message that must not leave. Throws only
 * our own faults.
 */
export async function prepare(parts: DeliveryParts, claimed: Message): Promise<Prepared | SendOutcome> {
  const { table, touchpoint } = parts;
  const [conversation, message] = await Promise.all([
    getConversation(table, claimed.conversation, { consistent: true }),
    claimed.bodyApart ? getMessage(table, claimed.conversation, claimed.key) : claimed,
  ]);
  if (!conversation || !message || conversation.deletedAt !== undefined) {
    return refuse('contact_deleted', 'The contact was deleted.');
  }
  const address = addressOf(touchpoint, conversation);
  if (!address) return refuse('no_address', `The contact has no address for ${touchpoint}.`);
  const reach = { organization: conversation.organization, touchpoint, matchKey: address.matchKey };
  if (await isOptedOut(table, await parts.pepper(), reach)) {
    return refuse('opted_out', `The contact does not want messages by ${touchpoint}.`);
  }
  const configuration = await parts.configuration.organization(conversation.organization);
  const service = serviceFor(configuration?.services ?? [], touchpoint, conversation.services[touchpoint]);
  const provider = service && parts.providers[service.type];
  if (!configuration || !service || !provider) {
    return refuse('no_service', `The organization has no active service for ${touchpoint}.`);
  }
  const written = { message, conversation, configuration, service, now: parts.clock.now(), parts };
  const content = await CONTENT_OF[touchpoint](written);
  if ('state' in content) return content;
  const request = await requestFor(parts, message, { service, to: address.to, content });
  return { provider, service, reach, request, send: () => provider.send(request) };
}

/** The service as an adapter sees it, with its credentials. */
export async function credentialsOf({ secrets }: Pick<DeliveryParts, 'secrets'>, service: Service) {
  const { secret, ...params } = service.params;
  return {
    service: { id: service.id, organization: service.organization, type: service.type, params },
    secret: secret === undefined ? {} : await secrets.fields(secret),
  };
}

async function requestFor(
  parts: DeliveryParts,
  message: Message,
  to: { service: Service; to: string; content: Content },
): Promise<SendRequest> {
  const { id, conversation, key, attempt, meta } = message;
  return {
    correlation: { conversation, key, attempt, message: id },
    touchpoint: parts.touchpoint,
    ...(await credentialsOf(parts, to.service)),
    to: to.to,
    content: to.content,
    ...(typeof meta?.SenderID === 'string' && { senderId: meta.SenderID }),
    publicUrl: parts.settings.publicUrl,
    timeoutMs: parts.settings.providerTimeoutMs,
  };
}
