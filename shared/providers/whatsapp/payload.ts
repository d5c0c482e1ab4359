import type { ButtonUse, HeaderUse, TemplateUse } from '../../domain/template-use.ts';
import { isWhatsappUserId } from '../../domain/whatsapp-user-id.ts';
import { correlationQuery } from '../correlation.ts';
import type { Content, SendRequest } from '../provider.ts';

type TextOrTemplate = Exclude<Content, { kind: 'email' }>;

/**
 * The body of `POST /{phone number id}/messages`. Meta repeats `biz_opaque_callback_data` in the message's status
 * webhooks; `recipient` takes the place of `to` for people who show no number. Source: github.com/facebook/openapi,
 * business-messaging-api v23.0 (which omits these two fields).
 */
export const whatsappPayload = ({ to, correlation }: SendRequest, content: TextOrTemplate) => ({
  messaging_product: 'whatsapp',
  recipient_type: 'individual',
  ...(isWhatsappUserId(to) ? { recipient: to } : { to: to.replaceAll(/\D/g, '') }),
  biz_opaque_callback_data: correlationQuery(correlation),
  ...(content.kind === 'text'
    ? { type: 'text', text: { body: content.text, preview_url: false } }
    : { type: 'template', template: templateOf(content) }),
});

/** `deterministic` is Meta's only language policy: no fallback on Meta's side. */
function templateOf({ name, language, parameters, names, header, buttons = [] }: Readonly<TemplateUse>) {
  const components = [
    ...(header ? [{ type: 'header', parameters: [headerParameter(header)] }] : []),
    ...(parameters.length > 0
      ? [{ type: 'body', parameters: parameters.map((text, index) => textParameter(text, names?.[index])) }]
      : []),
    ...buttons.map(buttonComponent),
  ];
  return {
    name,
    language: { policy: 'deterministic', code: language },
    ...(components.length > 0 && { components }),
  };
}

const textParameter = (text: string, name: string | undefined) => ({
  type: 'text',
  ...(name !== undefined && { parameter_name: name }),
  text,
});

function headerParameter(header: HeaderUse) {
  switch (header.type) {
    case 'text':
      return textParameter(header.text, header.name);
    case 'image':
    case 'video':
    case 'document': {
      const { type, ...media } = header;
      return { type, [type]: media };
    }
    case 'location': {
      const { type, latitude, longitude, ...names } = header;
      return { type, location: { latitude: String(latitude), longitude: String(longitude), ...names } };
    }
  }
}

const BUTTON_PARAMETERS = {
  quick_reply: (payload: string) => ({ type: 'payload', payload }),
  url: (text: string) => ({ type: 'text', text }),
  copy_code: (code: string) => ({ type: 'coupon_code', coupon_code: code }),
} as const satisfies Record<ButtonUse['type'], unknown>;

const buttonComponent = ({ type, index, value }: ButtonUse) => ({
  type: 'button',
  sub_type: type,
  index: String(index),
  parameters: [BUTTON_PARAMETERS[type](value)],
});
