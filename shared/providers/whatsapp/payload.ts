import { correlationQuery } from '../correlation.ts';
import type { Content, SendRequest } from '../provider.ts';

type TextOrTemplate = Exclude<Content, { kind: 'email' }>;

/**
 * The body of `POST /{phone number id}/messages`. Meta repeats `biz_opaque_callback_data` in the message's status
 * webhooks. Source: github.com/facebook/openapi, business-messaging-api v23.0 (which omits that one field).
 */
export const whatsappPayload = ({ to, correlation }: SendRequest, content: TextOrTemplate) => ({
  messaging_product: 'whatsapp',
  recipient_type: 'individual',
  to: to.replaceAll(/\D/g, ''),
  biz_opaque_callback_data: correlationQuery(correlation),
  ...(content.kind === 'text'
    ? { type: 'text', text: { body: content.text, preview_url: false } }
    : { type: 'template', template: templateOf(content) }),
});

/** `deterministic` is Meta's only language policy: no fallback on Meta's side. */
const templateOf = ({ name, language, parameters }: Extract<Content, { kind: 'template' }>) => ({
  name,
  language: { policy: 'deterministic', code: language },
  ...(parameters.length > 0 && {
    components: [{ type: 'body', parameters: parameters.map((text) => ({ type: 'text', text })) }],
  }),
});
