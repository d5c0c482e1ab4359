import PostalMime, { type Address, addressParser, type Email } from 'postal-mime';
import type { SesProblem } from './ses-answers.ts';

export interface RawEmail {
  readonly raw: Buffer;
  readonly mail: Email;
  /** The envelope: where the mail goes, whatever its headers say. */
  readonly recipients: readonly string[];
  readonly source: string;
  readonly tags: Readonly<Record<string, string>>;
  /** SES reports on what is sent with one. */
  readonly configurationSet?: string;
}

const MAX_BYTES = 10 * 1024 * 1024;
const MAX_RECIPIENTS = 50;
const ADDRESS = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,}$/;
const TAG = /^[A-Za-z0-9_-]{1,256}$/;

/** Reads the form of `SendRawEmail`. Without `Destinations` the mail goes to its To, Cc and Bcc, as at SES. */
export async function parseRawEmail(form: URLSearchParams): Promise<RawEmail> {
  const raw = Buffer.from(form.get('RawMessage.Data') ?? '', 'base64');
  const mail = await PostalMime.parse(raw);
  const named = members(form, 'Destinations').map(addressIn);
  const inHeaders = [mail.to, mail.cc, mail.bcc].flatMap((list) => list ?? []).flatMap(addressesOf);
  const tagNames = [...form.keys()].filter((key) => /^Tags\.member\.\d+\.Name$/.test(key));
  return {
    raw,
    mail,
    recipients: named.length > 0 ? named : inHeaders,
    source: addressIn(form.get('Source') ?? '') || mail.from?.address || '',
    ...(form.get('ConfigurationSetName') && { configurationSet: form.get('ConfigurationSetName') ?? '' }),
    tags: Object.fromEntries(tagNames.map((key) => [form.get(key), form.get(key.replace(/Name$/, 'Value')) ?? ''])),
  };
}

/** What SES refuses and the emulator behind this tee would let through. */
export function rawEmailProblem({ raw, mail, recipients, source, tags }: RawEmail): SesProblem | undefined {
  if (raw.length === 0) return invalid('RawMessage.Data is empty.');
  if (raw.length > MAX_BYTES) return invalid(`Message length is more than ${MAX_BYTES} bytes long: '${raw.length}'.`);
  if (!mail.from) return invalid("Missing required header 'From'.");
  if (recipients.length === 0) return invalid('Missing destination: the message has no recipient.');
  if (recipients.length > MAX_RECIPIENTS) return invalid(`Recipient count exceeds ${MAX_RECIPIENTS}.`);
  const wrong = [source, ...recipients].find((address) => !ADDRESS.test(address));
  if (wrong !== undefined)
    return invalid(wrong.includes('@') ? `Illegal address: ${wrong}` : "Missing final '@domain'");
  const tag = Object.entries(tags)
    .flat()
    .find((part) => !TAG.test(part));
  if (tag !== undefined)
    return invalid(`Invalid tag name or value <${tag}>: only ASCII letters, numbers, '_' and '-'.`);
  return undefined;
}

/** The headers as the recipient would see them, unfolded; SES sets Message-ID and Date itself. */
export function headersOf({ mail }: RawEmail, messageId: string, sentAt: Date): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const { key, value } of mail.headers) headers[key] = key in headers ? `${headers[key]}, ${value}` : value;
  return { ...headers, 'message-id': `<${messageId}@email.amazonses.com>`, date: sentAt.toUTCString() };
}

const invalid = (message: string): SesProblem => ({ code: 'InvalidParameterValue', message });

const members = (form: URLSearchParams, list: string): string[] =>
  [...form].filter(([key]) => key.startsWith(`${list}.member.`)).map(([, value]) => value);

const addressIn = (text: string): string => addressParser(text)[0]?.address || text;

const addressesOf = (entry: Address): string[] => (entry.group ?? [entry]).map(({ address, name }) => address || name);
