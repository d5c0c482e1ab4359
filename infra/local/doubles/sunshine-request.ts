import { type Fields, isFields } from './bad-input.ts';
import { parseMetaRequest } from './meta-request.ts';
import type { Call } from './port.ts';
import { digitsOf, type SunshineApp } from './senders.ts';
import type { SunshineStore } from './sunshine-store.ts';

/** What a route is asked. */
export interface Asked {
  readonly app: SunshineApp;
  readonly store: SunshineStore;
  readonly body: Fields;
  readonly query: URLSearchParams;
  /** The part of the path in the route's brackets. */
  readonly part: string;
}

export function isAuthorised({ headers }: Call, { keyId, keySecret }: SunshineApp): boolean {
  const [scheme, value = ''] = (headers.authorization ?? '').split(' ');
  return scheme?.toLowerCase() === 'basic' && Buffer.from(value, 'base64').toString('utf8') === `${keyId}:${keySecret}`;
}

/** A request to link a person's number to a channel; `isKnown` when the integration is the app's for that channel. */
export function readLink(app: SunshineApp, body: Fields) {
  const criteria = isFields(body.matchCriteria) ? body.matchCriteria : {};
  const integrationId = String(criteria.integrationId);
  const isWhatsApp = criteria.type === 'whatsapp';
  return {
    conversationId: isFields(body.target) ? String(body.target.conversationId) : '',
    integrationId,
    isKnown: integrationId === (isWhatsApp ? app.whatsappIntegration : app.smsIntegration),
    type: isWhatsApp ? ('whatsapp' as const) : ('twilio' as const),
    number: `+${digitsOf(String(criteria.phoneNumber))}`,
  };
}

export type SunshineMessageRequest = ReturnType<typeof readMessage>;

/** A request to send, in the words of this double; a template of WhatsApp's comes as Meta wants it. */
export function readMessage(app: SunshineApp, body: Fields) {
  const content = isFields(body.content) ? body.content : {};
  const request = parseMetaRequest({ type: 'template', template: content.template }, app.number);
  const isTemplate = content.type === 'template' && body.schema === 'whatsapp';
  return {
    text: isTemplate ? request.text : String(content.text ?? ''),
    template: isTemplate ? request.template : undefined,
    integrationId: isFields(body.destination) ? String(body.destination.integrationId) : '',
    shown: { author: { type: 'business' }, content, ...(body.metadata !== undefined && { metadata: body.metadata }) },
  };
}
