import { parseCorrelationQuery } from '../correlation.ts';
import { rejectionOf } from '../error-table.ts';
import { parseJson } from '../parse-json.ts';
import type {
  CallbackAnswer,
  CallbackRequest,
  DeliveryEvent,
  DeliveryStatus,
  InboundEvent,
  ParsedCallback,
} from '../provider.ts';
import { TWILIO_ERRORS } from './errors.ts';
import { formParams, isSignedByTwilio } from './signature.ts';

/** Twilio's word → ours. `canceled` is one that somebody canceled at Twilio: it will not arrive. */
const STATUSES: ReadonlyMap<string, DeliveryStatus> = new Map([
  ['accepted', 'accepted'],
  ['scheduled', 'accepted'],
  ['queued', 'accepted'],
  ['sending', 'accepted'],
  ['sent', 'sent'],
  ['delivered', 'delivered'],
  ['partially_delivered', 'delivered'],
  ['read', 'read'],
  ['undelivered', 'failed'],
  ['failed', 'failed'],
  ['canceled', 'failed'],
]);

const NO_CONTENT: CallbackAnswer = { status: 204, contentType: 'text/plain', body: '' };
const NO_REPLY: CallbackAnswer = { status: 200, contentType: 'text/xml', body: '<Response></Response>' };

type Read = (name: string) => string | undefined;

/**
 * Status callbacks (`…/status`) and inbound messages (`…/inbound`). Unverified: another path, or a signature that is
 * missing or wrong. Verified without events: a status we do not know, or a sender without a telephone number.
 */
export function parseTwilioCallback(
  request: CallbackRequest,
  authToken: string | undefined,
  now: number,
): ParsedCallback {
  const { url, headers, body } = request;
  const path = URL.canParse(url) ? new URL(url).pathname : '';
  const isStatus = path.endsWith('/status');
  if (!isStatus && !path.endsWith('/inbound')) return { verified: false, reason: 'no such callback' };
  if (!isSignedByTwilio(authToken, { url, signature: headers['x-twilio-signature'], body })) {
    return { verified: false, reason: 'the signature is missing or wrong' };
  }
  const read = readerOf(request);
  const event = isStatus ? readStatus(read, new URL(url).search, now) : readInbound(read);
  return { verified: true, events: event ? [event] : [], answer: isStatus ? NO_CONTENT : NO_REPLY };
}

/** Reads what was signed: JSON only where the URL names the body's hash. */
function readerOf({ url, headers, body }: CallbackRequest): Read {
  const text = body.toString('utf8');
  if (new URL(url).searchParams.has('bodySHA256') && headers['content-type']?.includes('json')) {
    const values = new Map<string, unknown>(Object.entries(parseJson(text) ?? {}));
    return (name) => {
      const value = values.get(name);
      return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
    };
  }
  const params = formParams(text);
  return (name) => params.get(name)?.[0];
}

function readStatus(read: Read, query: string, now: number): DeliveryEvent | undefined {
  const providerId = read('MessageSid') ?? read('SmsSid');
  const word = read('MessageStatus') ?? read('SmsStatus') ?? '';
  const status = STATUSES.get(word);
  if (!providerId || !status) return undefined;
  const correlation = parseCorrelationQuery(query);
  return {
    kind: 'delivery',
    providerId,
    status,
    ...(correlation && { correlation }),
    ...(status === 'failed' && { error: readError(read, word, now) }),
  };
}

function readError(read: Read, word: string, now: number): DeliveryEvent['error'] {
  const code = read('ErrorCode') || word;
  const message = read('ErrorMessage') || `Twilio reports ${word}.`;
  const { class: failure, scope, effect } = rejectionOf(TWILIO_ERRORS, { code, message }, now);
  return { code, message, class: failure, scope, ...(effect && { effect }) };
}

function readInbound(read: Read): InboundEvent | undefined {
  const providerId = read('MessageSid') ?? read('SmsSid');
  const from = addressIn(read('From'));
  const to = addressIn(read('To'));
  if (!providerId || !from || !to || !/^\+\d{5,15}$/.test(from.address)) return undefined;
  const count = Math.min(Number(read('NumMedia') ?? 0) || 0, 10);
  const media = Array.from({ length: count }, (_, index) => read(`MediaUrl${index}`)).filter(
    (url) => url !== undefined,
  );
  const profileName = read('ProfileName');
  return {
    kind: 'inbound',
    providerId,
    touchpoint: from.touchpoint,
    from: from.address,
    to: to.address,
    text: read('Body') || (media.length > 0 ? '[media]' : ''),
    media,
    ...(profileName && { profileName }),
  };
}

/** `whatsapp:+316…`, or a bare number, which is SMS. Undefined for Twilio's other channels. */
function addressIn(address = ''): { readonly touchpoint: 'sms' | 'whatsapp'; readonly address: string } | undefined {
  const [, channel, bare] = /^(?:([a-z]+):)?(.+)$/.exec(address) ?? [];
  if (!bare || (channel !== undefined && channel !== 'whatsapp')) return undefined;
  return { touchpoint: channel ?? 'sms', address: bare };
}
