import { networkDelayMs } from './courier.ts';
import { failureOf, faultAnswer, type TakenFault } from './faults.ts';
import { jsonFields } from './json-body.ts';
import type { Kit } from './kit.ts';
import { messageIdOf } from './outbox.ts';
import { type Answer, type Call, json } from './port.ts';
import type { TwilioSender } from './senders.ts';
import { type FormFields, withoutFragment } from './signatures.ts';
import { createTwilioCallbacks } from './twilio-callbacks.ts';
import { createTwilioContents, renderContent } from './twilio-content.ts';
import { twilioError } from './twilio-errors.ts';
import { createTwilioMessages, resource, type TwilioMessage } from './twilio-messages.ts';
import { channelOf, numberIn, one, parseForm, sendProblem } from './twilio-request.ts';

const PATH = /^\/2010-04-01\/Accounts\/([^/]+)\/Messages(?:\/([^/]+))?\.json$/;
const WINDOW_MS = 24 * 60 * 60 * 1000;
const OUTSIDE_WINDOW = 63016;
const NOT_APPROVED = 63027;
const FAULT_WORDS = {
  throttled: () => twilioError(20429),
  broken: () => twilioError(20500),
  rejected: (code: string) => twilioError(Number(code)),
};

/** Twilio Programmable Messaging for SMS and WhatsApp: send, list, read back, status callbacks, replies, Content. */
export function createTwilio(kit: Kit) {
  const { now, senders, faults, outbox, courier, checks } = kit;
  const messages = createTwilioMessages(now);
  const callbacks = createTwilioCallbacks(courier);
  const contents = createTwilioContents(senders);
  const lastInboundAt = new Map<string, number>();
  const isInWindow = (from: string, to: string) =>
    now() - (lastInboundAt.get(`${from} ${to}`) ?? Number.NEGATIVE_INFINITY) < WINDOW_MS;

  function send(call: Call, accountSid: string): Answer {
    const fields = parseForm(call.body);
    const subject = { to: one(fields, 'To'), text: textOf(fields) };
    const violation = checks.twilio(fields);
    const fault = faults.take('twilio', 'send', subject);
    const instead = faultAnswer(fault, FAULT_WORDS);
    if (instead) return instead;
    const problem = isAuthorised(call, accountSid) ? sendProblem(fields, accountSid, { senders, contents }) : 20003;
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
    const [to, body, status] = [one(fields, 'To'), textOf(fields), serviceSid ? 'accepted' : 'queued'];
    const message = messages.add({ accountSid, serviceSid, from, to, body, direction: 'outbound-api', status });
    const callbackUrl = one(fields, 'StatusCallback');
    const lost = faults.losesCallbacks('twilio', { to, text: body });
    const failure = failureOf(fault) ?? whatsappProblem(fields, from);
    if (failure === null) keep(message, fields, messageIdIn(callbackUrl));
    progress(message, lost ? '' : callbackUrl, failure);
    return message;
  }

  function keep({ sid, from, to, body }: TwilioMessage, fields: FormFields, messageId: string | undefined): void {
    const content = contents.get(one(fields, 'ContentSid'));
    const parameters = Object.values(variablesOf(fields)).map(String);
    const template = content && { name: content.name, language: content.language, parameters };
    const entry = { provider: 'twilio', to: numberIn(to), text: body, template, providerId: sid, messageId } as const;
    outbox.add({ touchpoint: channelOf(to), ...entry }, numberIn(from));
  }

  const textOf = (fields: FormFields): string => {
    const content = contents.get(one(fields, 'ContentSid'));
    return content ? renderContent(content, variablesOf(fields)) : one(fields, 'Body');
  };

  /** What WhatsApp finds wrong after Twilio took the message, or null. */
  function whatsappProblem(fields: FormFields, from: string): number | null {
    if (channelOf(from) === 'sms') return null;
    const content = contents.get(one(fields, 'ContentSid'));
    if (content) return content.status === 'approved' ? null : NOT_APPROVED;
    return isInWindow(from, one(fields, 'To')) ? null : OUTSIDE_WINDOW;
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

  const isAuthorised = (call: Call, accountSid: string): boolean => {
    const { scheme, given } = credentialsIn(call);
    const known = senders.twilioAccount(accountSid).map(({ authToken }) => `${accountSid}:${authToken}`);
    return scheme?.toLowerCase() === 'basic' && known.includes(given);
  };

  function answerContent(call: Call): Answer {
    const accountSid = credentialsIn(call).given.split(':')[0] ?? '';
    return isAuthorised(call, accountSid) ? contents.answer(call) : twilioError(20003);
  }

  return {
    answer(call: Call): Answer {
      if (call.url.pathname.startsWith('/v1/Content')) return answerContent(call);
      const [, accountSid, sid] = PATH.exec(call.url.pathname) ?? [];
      if (accountSid === undefined) return twilioError(20404);
      if (call.method === 'GET') return read(call, accountSid, sid);
      return call.method === 'POST' && sid === undefined ? send(call, accountSid) : twilioError(20004);
    },
    /** The contact writes to one of our numbers, which opens WhatsApp's window; `contact` is E.164 with `+`. */
    async receive(sender: TwilioSender, contact: string, { text, name }: { text: string; name: string }) {
      const { accountSid, number: to } = sender;
      const from = channelOf(to) === 'whatsapp' ? `whatsapp:${contact}` : contact;
      lastInboundAt.set(`${to} ${from}`, now());
      const fields = { accountSid, serviceSid: null, from, to, body: text, status: 'received' };
      const message = messages.add({ ...fields, direction: 'inbound' });
      return { outcome: await callbacks.inbound(message, sender, name), providerId: message.sid };
    },
  };
}

function credentialsIn({ headers }: Call): { scheme: string | undefined; given: string } {
  const [scheme, value = ''] = (headers.authorization ?? '').split(' ');
  return { scheme, given: Buffer.from(value, 'base64').toString('utf8') };
}

const variablesOf = (fields: FormFields) => jsonFields(one(fields, 'ContentVariables'));

const messageIdIn = (callbackUrl: string): string | undefined =>
  callbackUrl ? messageIdOf(new URL(withoutFragment(callbackUrl)).search.slice(1)) : undefined;
