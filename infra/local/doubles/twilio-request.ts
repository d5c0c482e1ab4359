import type { Senders } from './senders.ts';
import type { FormFields } from './signatures.ts';
import type { TwilioContents } from './twilio-content.ts';
import { MAGIC_FROM, MAGIC_TO } from './twilio-errors.ts';

const E164 = /^\+[1-9]\d{6,14}$/;
const ALPHANUMERIC_SENDER = /^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/;
const MAX_BODY = 1600;

/** A field that came more than once is a list. */
export function parseForm(body: Buffer): FormFields {
  const form = new URLSearchParams(body.toString('utf8'));
  return Object.fromEntries(
    [...new Set(form.keys())].map((name) => {
      const values = form.getAll(name);
      return [name, values.length > 1 ? values : (values[0] ?? '')];
    }),
  );
}

/** The field's value, or its first; empty when absent. */
export const one = (fields: FormFields, name: string): string => [fields[name] ?? ''].flat()[0] ?? '';

const CHANNEL = /^whatsapp:/;

/** Which touchpoint an address of Twilio's belongs to, and the number by itself. */
export const channelOf = (address: string): 'sms' | 'whatsapp' => (CHANNEL.test(address) ? 'whatsapp' : 'sms');
export const numberIn = (address: string): string => address.replace(CHANNEL, '');

/** Twilio's code for what is wrong with a request to send, or nothing. */
export function sendProblem(
  fields: FormFields,
  accountSid: string,
  { senders, contents }: { senders: Senders; contents: TwilioContents },
): number | undefined {
  return (
    recipientProblem(numberIn(one(fields, 'To'))) ??
    senderProblem(fields, accountSid, senders) ??
    contentProblem(fields, contents)
  );
}

function recipientProblem(to: string): number | undefined {
  if (to === '') return 21604;
  if (MAGIC_TO[to]) return MAGIC_TO[to];
  return E164.test(to) ? undefined : 21211;
}

function senderProblem(fields: FormFields, accountSid: string, senders: Senders): number | undefined {
  const from = one(fields, 'From');
  if (from === '') return one(fields, 'MessagingServiceSid') ? undefined : 21603;
  if (channelOf(from) !== channelOf(one(fields, 'To'))) return 21910;
  const magic = MAGIC_FROM[from];
  if (magic !== undefined) return magic === 0 ? undefined : magic;
  if (senders.twilioNumber(from)?.accountSid === accountSid || ALPHANUMERIC_SENDER.test(from)) return undefined;
  if (channelOf(from) === 'whatsapp') return 63007;
  return E164.test(from) ? 21606 : 21212;
}

function contentProblem(fields: FormFields, contents: TwilioContents): number | undefined {
  const [body, contentSid] = [one(fields, 'Body'), one(fields, 'ContentSid')];
  if (body === '' && !one(fields, 'MediaUrl') && !contentSid) return 21602;
  if (contentSid && !contents.get(contentSid)) return 21655;
  if (body.length > MAX_BODY) return 21617;
  const callback = one(fields, 'StatusCallback');
  return callback === '' || isCallable(callback) ? undefined : 21609;
}

const isCallable = (url: string): boolean =>
  URL.canParse(url) && /^https?:/.test(url) && !new URL(url).hostname.includes('_');
