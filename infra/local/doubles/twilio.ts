import { networkDelayMs } from './courier.ts';
import { failureOf, faultAnswer, type TakenFault } from './faults.ts';
import type { Kit } from './kit.ts';
import { messageIdOf } from './outbox.ts';
import { type Answer, type Call, json } from './port.ts';
import type { TwilioSender } from './senders.ts';
import { type FormFields, withoutFragment } from './signatures.ts';
import { createTwilioCallbacks } from './twilio-callbacks.ts';
import { twilioError } from './twilio-errors.ts';
import { createTwilioMessages, resource, type TwilioMessage } from './twilio-messages.ts';
import { one, parseForm, sendProblem } from './twilio-request.ts';

const PATH = /^\/2010-04-01\/Accounts\/([^/]+)\/Messages(?:\/([^/]+))?\.json$/;
const FAULT_WORDS = {
  throttled: () => twilioError(20429),
  broken: () => twilioError(20500),
  rejected: (code: string) => twilioError(Number(code)),
};

/** Twilio Programmable Messaging for text messages: send, list, read back, status callbacks, replies. */
export function createTwilio(kit: Kit) {
  const { now, senders, faults, outbox, courier, checks } = kit;
  const messages = createTwilioMessages(now);
  const callbacks = createTwilioCallbacks(courier);

  function send(call: Call, accountSid: string): Answer {
    const fields = parseForm(call.body);
    const subject = { to: one(fields, 'To'), text: one(fields, 'Body') };
    const violation = checks.twilio(fields);
    const fault = faults.take('twilio', 'send', subject);
    const instead = faultAnswer(fault, FAULT_WORDS);
    if (instead) return instead;
    const problem = isAuthorised(call, accountSid) ? sendProblem(fields, accountSid, senders) : 20003;
    if (problem || violation) {
      fault?.giveBack();
      return twilioError(problem ?? 20001, problem ? undefined : violation);
    }
    const message = accept(fields, accountSid, fault);
    return fault?.behaviour === 'accept-then-drop' ? 'drop' : json(201, resource(message));
  }

  function accept(fields: FormFields, accountSid: string, fault: TakenFault | undefined): TwilioMessage {
    const serviceSid = one(fields, 'MessagingServiceSid') || null;
    const from = one(fields, 'From') || senders.twilioAccount(accountSid)[0]?.number || '';
    const [to, body, status] = [one(fields, 'To'), one(fields, 'Body'), serviceSid ? 'accepted' : 'queued'];
    const message = messages.add({ accountSid, serviceSid, from, to, body, direction: 'outbound-api', status });
    const callbackUrl = one(fields, 'StatusCallback');
    const lost = faults.losesCallbacks('twilio', { to, text: body });
    const failure = failureOf(fault);
    if (failure === null) {
      const messageId = messageIdIn(callbackUrl);
      outbox.add({ touchpoint: 'sms', provider: 'twilio', to, text: body, providerId: message.sid, messageId }, from);
    }
    progress(message, lost ? '' : callbackUrl, failure);
    return message;
  }

  /** Moves the message on, and says so if there is someone to tell. A slow or failing webhook holds nothing up. */
  function progress(message: TwilioMessage, callbackUrl: string, failure: number | null): void {
    const authToken = senders.twilioAccount(message.accountSid)[0]?.authToken ?? '';
    let at = 0;
    for (const status of ['queued', 'sent', failure === null ? 'delivered' : 'undelivered']) {
      at += networkDelayMs();
      courier.later(at, () => {
        messages.update(message, status, status === 'undelivered' ? failure : null);
        if (callbackUrl) void callbacks.status(message, callbackUrl, authToken);
      });
    }
  }

  function read(call: Call, accountSid: string, sid: string | undefined): Answer {
    const { searchParams } = call.url;
    const subject = { to: searchParams.get('To') ?? '', text: '' };
    const instead = faultAnswer(faults.take('twilio', 'lookup', subject), FAULT_WORDS);
    if (instead) return instead;
    if (!isAuthorised(call, accountSid)) return twilioError(20003);
    if (sid === undefined) return json(200, messages.page(accountSid, call.url));
    const message = messages.get(accountSid, sid);
    return message ? json(200, resource(message)) : twilioError(20404);
  }

  const isAuthorised = ({ headers }: Call, accountSid: string): boolean => {
    const [scheme, value = ''] = (headers.authorization ?? '').split(' ');
    const given = Buffer.from(value, 'base64').toString('utf8');
    const known = senders.twilioAccount(accountSid).map(({ authToken }) => `${accountSid}:${authToken}`);
    return scheme?.toLowerCase() === 'basic' && known.includes(given);
  };

  return {
    answer(call: Call): Answer {
      const [, accountSid, sid] = PATH.exec(call.url.pathname) ?? [];
      if (accountSid === undefined) return twilioError(20404);
      if (call.method === 'GET') return read(call, accountSid, sid);
      return call.method === 'POST' && sid === undefined ? send(call, accountSid) : twilioError(20004);
    },
    /** The contact writes to one of our numbers. */
    async receive(sender: TwilioSender, from: string, text: string) {
      const { accountSid, number: to } = sender;
      const fields = { accountSid, serviceSid: null, from, to, body: text, status: 'received' };
      const message = messages.add({ ...fields, direction: 'inbound' });
      return { outcome: await callbacks.inbound(message, sender), providerId: message.sid };
    },
  };
}

const messageIdIn = (callbackUrl: string): string | undefined =>
  callbackUrl ? messageIdOf(new URL(withoutFragment(callbackUrl)).search.slice(1)) : undefined;
