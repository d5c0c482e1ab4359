import type { Service } from '../contracts/configuration.ts';
import { addressOf } from '../domain/address.ts';
import type { Conversation } from '../domain/conversation.ts';
import type { Message } from '../domain/message.ts';
import { serviceFor } from '../domain/services.ts';
import type { Touchpoint } from '../domain/touchpoint.ts';
import { WHATSAPP_WINDOW_MS } from '../domain/whatsapp-window.ts';
import type { Content, Provider, SendRequest, SendResult } from '../providers/provider.ts';
import type { OrganizationConfiguration } from '../store/configuration.ts';
import { isOptedOut, type Reach } from '../store/consent.ts';
import { getConversation } from '../store/conversations.ts';
import type { SendOutcome } from '../store/deliveries.ts';
import { getMessage } from '../store/messages.ts';
import type { DeliveryParts } from './parts.ts';

/** A message that may leave: the call to make, and what it was made of. */
export interface Prepared {
  readonly provider: Provider;
  readonly service: Service;
  readonly reach: Reach;
  readonly request: SendRequest;
  send(): Promise<SendResult>;
}

const refuse = (code: string, message: string): SendOutcome => ({
  state: 'failed',
  error: { code, class: 'permanent', message },
});

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
  const content = contentOf(message, conversation, configuration, touchpoint, parts.clock.now());
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
    ...(await credentialsOf(parts, to.service)),
    to: to.to,
    content: to.content,
    ...(typeof meta?.SenderID === 'string' && { senderId: meta.SenderID }),
    publicUrl: parts.settings.publicUrl,
    timeoutMs: parts.settings.providerTimeoutMs,
  };
}

function contentOf(
  message: Message,
  conversation: Conversation,
  { organization, templates }: OrganizationConfiguration,
  touchpoint: Touchpoint,
  now: number,
): Content | SendOutcome {
  const text = message.text ?? '';
  if (touchpoint === 'sms') return { kind: 'text', text };
  if (touchpoint === 'email') {
    const given = message.meta?.subject;
    const subject =
      typeof given === 'string' && given.trim() !== ''
        ? given
        : (organization.settings.emailSubject ?? `Message from ${organization.name}`);
    return message.contentType === 'text/html'
      ? { kind: 'email', subject, text: textOfHtml(text), html: text }
      : { kind: 'email', subject, text };
  }
  const { template } = message;
  if (template) {
    const stored = templates.find(({ name, language }) => name === template.name && language === template.language);
    return stored?.status === 'APPROVED'
      ? { kind: 'template', ...template, text }
      : refuse(
          'template_unavailable',
          `The template "${template.name}" (${template.language}) is not approved any more.`,
        );
  }
  return (conversation.windowAt ?? 0) + WHATSAPP_WINDOW_MS > now
    ? { kind: 'text', text }
    : refuse('window_closed', 'WhatsApp takes free text only within 24 hours of a message from the contact.');
}

/** A plain reading of simple HTML, for mail readers that show no other. */
const textOfHtml = (html: string): string =>
  html
    .replace(/<(br|\/p|\/div|\/h\d|\/li)\b[^>]*>/gi, '\n')
    .replace(/<[^>]*>/g, '')
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .trim();
