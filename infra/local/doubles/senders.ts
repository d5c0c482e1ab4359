import { BadInput, type Fields, fieldsOf, isFields, textOf } from './bad-input.ts';
import { META } from './credentials.ts';

export interface TwilioSender {
  readonly accountSid: string;
  readonly authToken: string;
  /** E.164 with `+`; of a WhatsApp sender with `whatsapp:` before it. */
  readonly number: string;
  /** May end in a fragment of connection settings, `#rc=3&rp=all`. */
  readonly inboundUrl: string;
  /** Content templates that the account has from the beginning. */
  readonly contents: readonly (Template & { readonly sid: string })[];
}

export interface Template {
  readonly name: string;
  readonly language: string;
  readonly status: string;
  /** Text with `{{1}}` or `{{name}}` placeholders. */
  readonly body: string;
  /** As Meta lists them, where there is more than the body. */
  readonly components?: readonly Fields[];
}

export interface WhatsAppSender {
  readonly phoneNumberId: string;
  /** The account that its templates belong to. */
  readonly businessAccountId: string;
  readonly displayPhoneNumber: string;
  readonly accessToken: string;
  readonly appSecret: string;
  readonly webhookUrl: string;
  readonly templates: readonly Template[];
}

/** What a WhatsApp number has wherever it is used from; the fields of Meta's own API are empty. */
export interface AwsSocialSender {
  readonly number: WhatsAppSender;
  readonly metaPhoneNumberId: string;
}

export interface SunshineApp {
  readonly appId: string;
  readonly keyId: string;
  readonly keySecret: string;
  readonly webhookSecret: string;
  readonly webhookUrl: string;
  readonly smsIntegration: string;
  readonly whatsappIntegration: string;
  /** Of the WhatsApp integration: its templates. */
  readonly number: WhatsAppSender;
}

export type Senders = ReturnType<typeof createSenders>;

const TWILIO_FIELDS = ['accountSid', 'authToken', 'number', 'inboundUrl'];
const WHATSAPP_FIELDS = ['phoneNumberId', 'displayPhoneNumber', 'accessToken', 'appSecret', 'webhookUrl'];
const AWS_SOCIAL_FIELDS = ['phoneNumberId', 'metaPhoneNumberId', 'displayPhoneNumber'];
const SUNSHINE_FIELDS = [
  'appId',
  'keyId',
  'keySecret',
  'webhookSecret',
  'webhookUrl',
  'smsIntegration',
  'whatsappIntegration',
];
const KINDS = ['twilio', 'whatsapp', 'aws-sms', 'aws-social', 'sunshine'];
const TEMPLATE_FIELDS = ['name', 'language', 'status', 'body'];

export const digitsOf = (number: string): string => number.replace(/\D/g, '');

/** The accounts and numbers that exist at the providers. */
export function createSenders() {
  const twilio = new Map<string, TwilioSender>();
  const whatsapp = new Map<string, WhatsAppSender>();
  const awsSms = new Set<string>();
  const awsSocial = new Map<string, AwsSocialSender>();
  const sunshine = new Map<string, SunshineApp>();

  return {
    /** Adds or replaces by number and phone number id. Throws `BadInput`, and then nothing has changed. */
    register(input: unknown) {
      const fields = fieldsOf(input, 'The body', KINDS);
      const forTwilio = listOf(fields, 'twilio').map(parseTwilio);
      const forWhatsApp = listOf(fields, 'whatsapp').map(parseWhatsApp);
      const forAwsSms = listOf(fields, 'aws-sms').map(parseAwsSms);
      const forAwsSocial = listOf(fields, 'aws-social').map(parseAwsSocial);
      const forSunshine = listOf(fields, 'sunshine').map(parseSunshine);
      for (const sender of forTwilio) twilio.set(sender.number, sender);
      for (const sender of forWhatsApp) whatsapp.set(sender.phoneNumberId, sender);
      for (const identity of forAwsSms) awsSms.add(identity);
      for (const sender of forAwsSocial) awsSocial.set(sender.number.phoneNumberId, sender);
      for (const app of forSunshine) sunshine.set(app.appId, app);
      return {
        twilio: [...twilio.keys()],
        whatsapp: [...whatsapp.keys()],
        'aws-sms': [...awsSms],
        'aws-social': [...awsSocial.keys()],
        sunshine: [...sunshine.keys()],
      };
    },
    twilioNumber: (number: string) => twilio.get(number),
    twilioAccount: (accountSid: string) => [...twilio.values()].filter((sender) => sender.accountSid === accountSid),
    twilioContent: (sid: string) =>
      [...twilio.values()].flatMap(({ contents }) => contents).find((content) => content.sid === sid),
    whatsAppNumber: (phoneNumberId: string) => whatsapp.get(phoneNumberId),
    whatsAppAccounts: () => [...new Set([...whatsapp.values()].map((sender) => sender.businessAccountId))],
    whatsAppAccount: (account: string) =>
      [...whatsapp.values()].filter((sender) => sender.businessAccountId === account),
    whatsAppToken: (token: string) => [...whatsapp.values()].filter((sender) => sender.accessToken === token),
    awsSmsIdentity: (identity: string) => awsSms.has(identity),
    awsSocialNumber: (phoneNumberId: string) => awsSocial.get(phoneNumberId),
    sunshineApp: (appId: string) => sunshine.get(appId),
    /** By the id that Meta gave the number. */
    findAwsSocial: (metaPhoneNumberId: string) =>
      [...awsSocial.values()].find((sender) => sender.metaPhoneNumberId === metaPhoneNumberId),
    /** By an integration of the app. */
    findSunshine: (integrationId: string) =>
      [...sunshine.values()].find((app) => [app.smsIntegration, app.whatsappIntegration].includes(integrationId)),
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
  const contents = listOf(input as Fields, 'contents').map((c) => stringsOf(c, 'Content', ['sid', ...TEMPLATE_FIELDS]));
  return { ...sender, contents } as unknown as TwilioSender;
}

function parseWhatsApp(input: unknown): WhatsAppSender {
  const sender = stringsOf(input, 'A sender of whatsapp', WHATSAPP_FIELDS);
  if (!URL.canParse(sender.webhookUrl ?? '')) throw new BadInput(`"${sender.webhookUrl}" is no URL.`);
  const { businessAccountId = META.businessAccountId } = input as Fields;
  return { ...sender, businessAccountId, templates: templatesIn(input) } as unknown as WhatsAppSender;
}

const parseAwsSms = (input: unknown): string =>
  stringsOf(input, 'A sender of aws-sms', ['originationIdentity']).originationIdentity ?? '';

function parseAwsSocial(input: unknown): AwsSocialSender {
  const sender = stringsOf(input, 'A sender of aws-social', AWS_SOCIAL_FIELDS);
  return { number: numberOf(sender, input), metaPhoneNumberId: sender.metaPhoneNumberId ?? '' };
}

function parseSunshine(input: unknown): SunshineApp {
  const app = stringsOf(input, 'An app of sunshine', SUNSHINE_FIELDS);
  if (!URL.canParse(app.webhookUrl ?? '')) throw new BadInput(`"${app.webhookUrl}" is no URL.`);
  return { ...app, number: numberOf(app, input) } as unknown as SunshineApp;
}

function numberOf({ phoneNumberId = '', displayPhoneNumber = '' }: Record<string, string>, input: unknown) {
  const unused = { businessAccountId: '', accessToken: '', appSecret: '', webhookUrl: '' };
  return { phoneNumberId, displayPhoneNumber, ...unused, templates: templatesIn(input) };
}

const templatesIn = (input: unknown): Template[] =>
  listOf(input as Fields, 'templates').map((template) => {
    const { components } = template as Fields;
    const named = stringsOf(template, 'A template', TEMPLATE_FIELDS) as unknown as Template;
    return Array.isArray(components) ? { ...named, components: components.filter(isFields) } : named;
  });

function stringsOf(input: unknown, what: string, names: readonly string[]): Record<string, string> {
  if (!isFields(input)) throw new BadInput(`${what} must be an object with ${names.join(', ')}.`);
  return Object.fromEntries(names.map((name) => [name, textOf(input, name, what)]));
}
