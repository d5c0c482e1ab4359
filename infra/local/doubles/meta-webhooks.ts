import type { Courier, Outcome } from './courier.ts';
import { type MetaProblem, metaTitle } from './meta-errors.ts';
import { USER_ID } from './meta-request.ts';
import { digitsOf, type WhatsAppSender } from './senders.ts';
import { signMeta } from './signatures.ts';

export interface StatusEvent {
  readonly id: string;
  readonly status: 'sent' | 'delivered' | 'read' | 'failed';
  /** E.164 with `+`. */
  readonly to: string;
  readonly correlation?: string;
  readonly error?: MetaProblem;
}

export interface InboundText {
  readonly id: string;
  /** E.164 with `+`; or Meta's id of a person, who then hides their number. */
  readonly from: string;
  /** Meta's id of one who shows their number. */
  readonly userId?: string;
  readonly name: string;
  readonly text: string;
}

export interface TemplateDecision {
  readonly event: string;
  readonly reason: string;
  readonly id: string;
  readonly name: string;
  readonly language: string;
}

/** Days at Meta. */
const RETRIES = 5;

/** Calls a number's webhook as Meta does: signed over the bytes that travel, repeated until it answers with success. */
export function createMetaWebhooks(courier: Courier, now: () => number) {
  const seconds = () => String(Math.floor(now() / 1000));

  const messages = (sender: WhatsAppSender, value: object): Promise<Outcome> =>
    post(sender, { value: { ...envelope(sender), ...value }, field: 'messages' });

  function post(sender: WhatsAppSender, change: object): Promise<Outcome> {
    const body = encode({
      object: 'whatsapp_business_account',
      entry: [{ id: sender.businessAccountId, changes: [change] }],
    });
    return courier.send({
      url: sender.webhookUrl,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'facebookexternalua',
        'x-hub-signature-256': signMeta(sender.appSecret, body),
      },
      body,
      retries: RETRIES,
      retryOn: (outcome) => typeof outcome !== 'number' || outcome < 200 || outcome > 299,
    });
  }

  return {
    status: (sender: WhatsAppSender, { id, status, to, correlation, error }: StatusEvent) =>
      messages(sender, {
        statuses: [
          {
            id,
            status,
            timestamp: seconds(),
            ...(USER_ID.test(to) ? { recipient_user_id: to } : { recipient_id: digitsOf(to) }),
            ...(correlation ? { biz_opaque_callback_data: correlation } : {}),
            ...(error ? { errors: [errorItem(error)] } : {}),
          },
        ],
      }),
    inbound: (sender: WhatsAppSender, { id, from, userId, name, text }: InboundText) =>
      messages(sender, {
        contacts: [{ profile: { name }, ...idsOf(from, userId, ['wa_id', 'user_id']) }],
        messages: [
          {
            ...idsOf(from, userId, ['from', 'from_user_id']),
            id,
            timestamp: seconds(),
            type: 'text',
            text: { body: text },
          },
        ],
      }),
    template: (sender: WhatsAppSender, { event, reason, id, name, language }: TemplateDecision) =>
      post(sender, {
        field: 'message_template_status_update',
        value: {
          event,
          message_template_id: Number(id),
          message_template_name: name,
          message_template_language: language,
          reason,
        },
      }),
  };
}

const idsOf = (from: string, userId: string | undefined, [number, id]: readonly [string, string]) =>
  USER_ID.test(from) ? { [id]: from } : { [number]: digitsOf(from), ...(userId !== undefined && { [id]: userId }) };

const envelope = ({ displayPhoneNumber, phoneNumberId }: WhatsAppSender) => ({
  messaging_product: 'whatsapp',
  metadata: { display_phone_number: digitsOf(displayPhoneNumber), phone_number_id: phoneNumberId },
});

const errorItem = ({ code, details }: MetaProblem) => ({
  code,
  title: metaTitle(code),
  message: metaTitle(code),
  error_data: { details },
});

/** Escaped beyond what JSON asks for: who verifies anything but the bytes that came will notice. */
function encode(value: object): Buffer {
  const escaped = JSON.stringify(value)
    .replaceAll('/', '\\/')
    .replace(/[\u0080-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return Buffer.from(escaped);
}
