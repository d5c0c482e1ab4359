import { BadInput, type Fields, fieldsOf, isFields, textOf } from './bad-input.ts';

export interface TwilioSender {
  readonly accountSid: string;
  readonly authToken: string;
  /** E.164 with `+`. */
  readonly number: string;
  /** May end in a fragment of connection settings, `#rc=3&rp=all`. */
  readonly inboundUrl: string;
}

export interface Template {
  readonly name: string;
  readonly language: string;
  readonly status: string;
  /** Text with `{{1}}` placeholders. */
  readonly body: string;
}

export interface WhatsAppSender {
  readonly phoneNumberId: string;
  readonly displayPhoneNumber: string;
  readonly accessToken: string;
  readonly appSecret: string;
  readonly webhookUrl: string;
  readonly templates: readonly Template[];
}

export type Senders = ReturnType<typeof createSenders>;

const TWILIO_FIELDS = ['accountSid', 'authToken', 'number', 'inboundUrl'];
const WHATSAPP_FIELDS = ['phoneNumberId', 'displayPhoneNumber', 'accessToken', 'appSecret', 'webhookUrl'];
const TEMPLATE_FIELDS = ['name', 'language', 'status', 'body'];

export const digitsOf = (number: string): string => number.replace(/\D/g, '');

/** The accounts and numbers that exist at the providers. */
export function createSenders() {
  const twilio = new Map<string, TwilioSender>();
  const whatsapp = new Map<string, WhatsAppSender>();

  return {
    /** Adds or replaces by number and phone number id. Throws `BadInput`, and then nothing has changed. */
    register(input: unknown) {
      const fields = fieldsOf(input, 'The body', ['twilio', 'whatsapp']);
      const forTwilio = listOf(fields, 'twilio').map(parseTwilio);
      const forWhatsApp = listOf(fields, 'whatsapp').map(parseWhatsApp);
      for (const sender of forTwilio) twilio.set(sender.number, sender);
      for (const sender of forWhatsApp) whatsapp.set(sender.phoneNumberId, sender);
      return { twilio: [...twilio.keys()], whatsapp: [...whatsapp.keys()] };
    },
    twilioNumber: (number: string) => twilio.get(number),
    twilioAccount: (accountSid: string) => [...twilio.values()].filter((sender) => sender.accountSid === accountSid),
    whatsAppNumber: (phoneNumberId: string) => whatsapp.get(phoneNumberId),
    whatsAppToken: (token: string) => [...whatsapp.values()].filter((sender) => sender.accessToken === token),
    /** By phone number id or by the number that people see. */
    findWhatsApp: (address: string) =>
      whatsapp.get(address) ??
      [...whatsapp.values()].find((sender) => digitsOf(sender.displayPhoneNumber) === digitsOf(address)),
  };
}

function listOf(fields: Fields, name: string): unknown[] {
  const list = fields[name] ?? [];
  if (!Array.isArray(list)) throw new BadInput(`"${name}" must be a list of senders.`);
  return list;
}

function parseTwilio(input: unknown): TwilioSender {
  const sender = stringsOf(input, 'A sender of twilio', TWILIO_FIELDS);
  if (!URL.canParse(sender.inboundUrl ?? '')) throw new BadInput(`"${sender.inboundUrl}" is no URL.`);
  return sender as unknown as TwilioSender;
}

function parseWhatsApp(input: unknown): WhatsAppSender {
  const sender = stringsOf(input, 'A sender of whatsapp', WHATSAPP_FIELDS);
  if (!URL.canParse(sender.webhookUrl ?? '')) throw new BadInput(`"${sender.webhookUrl}" is no URL.`);
  const templates = listOf(input as Fields, 'templates').map((t) => stringsOf(t, 'A template', TEMPLATE_FIELDS));
  return { ...sender, templates } as unknown as WhatsAppSender;
}

function stringsOf(input: unknown, what: string, names: readonly string[]): Record<string, string> {
  if (!isFields(input)) throw new BadInput(`${what} must be an object with ${names.join(', ')}.`);
  return Object.fromEntries(names.map((name) => [name, textOf(input, name, what)]));
}
