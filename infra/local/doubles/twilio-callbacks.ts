import { randomUUID } from 'node:crypto';
import type { Courier, Outcome } from './courier.ts';
import { digitsOf, type TwilioSender } from './senders.ts';
import { signTwilio, withoutFragment } from './signatures.ts';
import { segments, type TwilioMessage } from './twilio-messages.ts';
import { channelOf } from './twilio-request.ts';

const API_VERSION = '2010-04-01';
const RETRY_CLASSES: Readonly<Record<string, (outcome: Outcome) => boolean>> = {
  '4xx': (outcome) => typeof outcome === 'number' && outcome >= 400 && outcome < 500,
  '5xx': (outcome) => typeof outcome === 'number' && outcome >= 500,
  ct: (outcome) => outcome === 'unreachable',
  rt: (outcome) => outcome === 'timeout',
};

/** Calls a webhook the way Twilio does: a signed form, repeated as the URL's fragment (`#rc=3&rp=all`) asks. */
export function createTwilioCallbacks(courier: Courier) {
  function post(url: string, authToken: string, fields: Readonly<Record<string, string>>): Promise<Outcome> {
    const settings = new URLSearchParams(new URL(url).hash.slice(1));
    const policies = (settings.get('rp') ?? 'ct').split(',');
    const classes = policies.includes('all') ? Object.keys(RETRY_CLASSES) : policies;
    return courier.send({
      url: withoutFragment(url),
      headers: {
        'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
        'user-agent': 'TwilioProxy/1.1',
        'i-twilio-idempotency-token': randomUUID(),
        'x-twilio-signature': signTwilio(authToken, url, fields),
      },
      body: Buffer.from(new URLSearchParams(fields).toString()),
      retries: Math.min(Number(settings.get('rc') ?? 1), 5),
      retryOn: (outcome) => classes.some((name) => RETRY_CLASSES[name]?.(outcome)),
    });
  }

  return {
    status: (message: TwilioMessage, url: string, authToken: string) => post(url, authToken, statusFields(message)),
    inbound: (message: TwilioMessage, { inboundUrl, authToken }: TwilioSender, name: string) =>
      post(inboundUrl, authToken, inboundFields(message, name)),
  };
}

const statusFields = (message: TwilioMessage) => ({
  MessageSid: message.sid,
  SmsSid: message.sid,
  MessageStatus: message.status,
  SmsStatus: message.status,
  To: message.to,
  From: message.from,
  AccountSid: message.accountSid,
  ApiVersion: API_VERSION,
  ...(message.serviceSid ? { MessagingServiceSid: message.serviceSid } : {}),
  ...(message.errorCode ? { ErrorCode: String(message.errorCode) } : {}),
});

const inboundFields = (message: TwilioMessage, name: string) => ({
  MessageSid: message.sid,
  SmsSid: message.sid,
  SmsMessageSid: message.sid,
  AccountSid: message.accountSid,
  ApiVersion: API_VERSION,
  From: message.from,
  To: message.to,
  Body: message.body,
  NumMedia: '0',
  NumSegments: String(segments(message.body)),
  SmsStatus: 'received',
  ...(channelOf(message.from) === 'whatsapp' ? { ProfileName: name, WaId: digitsOf(message.from) } : {}),
});
