import type { Service } from '../contracts/configuration.ts';
import type { Conversation } from '../domain/conversation.ts';
import type { Message } from '../domain/message.ts';
import type { Content, Provider, SendRequest, SendResult } from '../providers/provider.ts';
import type { OrganizationConfiguration } from '../store/configuration.ts';
import type { Reach } from '../store/consent.ts';
import { getConversation } from '../store/conversations.ts';
import type { SendOutcome } from '../store/deliveries.ts';
import { getMessage } from '../store/messages.ts';
import { CONTENT_OF } from './content/content.ts';
import { findFacts } from './facts.ts';
import { type Facts, passGate } from './gate.ts';
import type { DeliveryParts } from './parts.ts';
import { refuse } from './refuse.ts';

/** A message that may leave: the call to make, and what it was made of. */
export interface Prepared {
  readonly provider: Provider;
  readonly service: Service;
  readonly conversation: Conversation;
  readonly configuration: OrganizationConfiguration;
  readonly reach: Reach;
  /** With its body, wherever that is kept. */
  readonly message: Message;
  readonly request: SendRequest;
  send(): Promise<SendResult>;
}

/**
 * Takes a claimed message through the gate and makes the call to its provider. Answers what becomes of a message that
 * must not leave. Throws only our own faults.
 */
export async function prepare(parts: DeliveryParts, claimed: Message): Promise<Prepared | SendOutcome> {
  const passed = passGate(await gather(parts, claimed));
  if ('state' in passed) return passed;
  const { conversation, message, address, configuration, service, touchpoint } = passed;
  const provider = parts.providers[service.type];
  if (!provider) return refuse('no_service', `Nothing here can send by a service of type ${service.type}.`);
  if (address.kind === 'whatsappId' && !provider.reachesUserIds) {
    return refuse('no_address', `A service of type ${service.type} does not reach a contact without a telephone.`);
  }
  const written = { message, conversation, configuration, service, now: parts.clock.now(), parts };
  const content = await CONTENT_OF[touchpoint](written);
  if ('state' in content) return content;
  const request = await requestFor(parts, message, { service, to: address.to, content });
  const reach = { organization: conversation.organization, touchpoint, matchKey: address.matchKey };
  const send = () => provider.send(request);
  return { provider, service, conversation, configuration, reach, message, request, send };
}

/** Read after the claim and consistently, so that nothing stored before this read is outrun. */
async function gather(parts: DeliveryParts, claimed: Message): Promise<Facts> {
  const { table, touchpoint, clock } = parts;
  const [conversation, message] = await Promise.all([
    getConversation(table, claimed.conversation, { consistent: true }),
    claimed.bodyApart ? getMessage(table, claimed.conversation, claimed.key) : claimed,
  ]);
  const facts = await findFacts(parts, touchpoint, { conversation, message });
  return { ...facts, now: clock.now() };
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
    // Clients write an empty one for none.
    ...(typeof meta?.SenderID === 'string' && meta.SenderID !== '' && { senderId: meta.SenderID }),
    publicUrl: parts.settings.publicUrl,
    timeoutMs: parts.settings.providerTimeoutMs,
  };
}
