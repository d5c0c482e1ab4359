import { randomUUID } from 'node:crypto';
import { isFields } from './bad-input.ts';
import { networkDelayMs } from './courier.ts';
import { failureWordOf, faultAnswer, type TakenFault } from './faults.ts';
import { jsonFields } from './json-body.ts';
import type { Kit } from './kit.ts';
import { messageIdOf } from './outbox.ts';
import type { Answer, Call, Reply } from './port.ts';

const TARGET = 'PinpointSMSVoiceV2.SendTextMessage';
const E164 = /^\+[1-9]\d{6,14}$/;
const NAME = /^(?=.*[A-Za-z])[A-Za-z0-9-]{1,11}$/;
const MAX_BODY = 1600;

/** Reasons that come with another exception than `ConflictException`. */
const EXCEPTION_OF: Readonly<Record<string, string>> = {
  ACCOUNT_DISABLED: 'AccessDeniedException',
  INSUFFICIENT_ACCOUNT_REPUTATION: 'AccessDeniedException',
  MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT: 'ServiceQuotaExceededException',
  INVALID_PARAMETER: 'ValidationException',
  PRICE_OVER_THRESHOLD: 'ValidationException',
  SENDER_ID_REQUIRES_REGISTRATION: 'ValidationException',
};

const json = (status: number, value: object): Reply => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: JSON.stringify(value),
});

const smsError = (name: string, Reason?: string, status = 400): Reply =>
  json(status, { __type: `com.amazonaws.pinpointsmsvoicev2#${name}`, Message: Reason ?? name, Reason });

const FAULT_WORDS = {
  throttled: () => smsError('ThrottlingException'),
  broken: () => smsError('InternalServerException', undefined, 500),
  rejected: (code: string) =>
    code.endsWith('Exception') ? smsError(code) : smsError(EXCEPTION_OF[code] ?? 'ConflictException', code),
};

interface Sms {
  readonly to: string;
  readonly text: string;
  readonly from: string;
  readonly context: Readonly<Record<string, unknown>>;
}

/** AWS End User Messaging for SMS (awsJson1_0): send, events on the default bus, replies by a topic. Signatures are not checked. */
export function createAwsSms({ now, senders, faults, outbox, courier, events, checks }: Kit) {
  function send(call: Call): Answer {
    const sms = parse(call.body);
    const violation = checks.awsSms(jsonFields(call.body.toString('utf8')));
    const fault = faults.take('aws-sms', 'send', sms);
    const instead = faultAnswer(fault, FAULT_WORDS);
    if (instead) return instead;
    const problem = problemOf(sms) ?? (violation && smsError('ValidationException', 'INVALID_PARAMETER'));
    if (problem) {
      fault?.giveBack();
      return problem;
    }
    const id = accept(sms, fault);
    return fault?.behaviour === 'accept-then-drop' ? 'drop' : json(200, { MessageId: id });
  }

  function problemOf({ to, from, text }: Sms): Reply | undefined {
    if (!E164.test(to) || text === '' || text.length > MAX_BODY)
      return smsError('ValidationException', 'INVALID_PARAMETER');
    return senders.awsSmsIdentity(from) || NAME.test(from) ? undefined : smsError('ResourceNotFoundException');
  }

  function accept(sms: Sms, fault: TakenFault | undefined): string {
    const id = randomUUID();
    const failure = failureWordOf(fault);
    const { to, text, context } = sms;
    const messageId = messageIdOf(JSON.stringify(context));
    if (!failure) outbox.add({ touchpoint: 'sms', provider: 'aws-sms', to, text, providerId: id, messageId }, sms.from);
    if (faults.losesCallbacks('aws-sms', sms)) return id;
    let at = 0;
    for (const status of ['PENDING', ...(failure ? [failure] : ['SUCCESSFUL', 'DELIVERED'])]) {
      at += networkDelayMs();
      courier.later(
        at,
        () => void events.bus('aws.sms-voice', 'Text Message Delivery Status Updated', report(id, sms, status)),
      );
    }
    return id;
  }

  const report = (messageId: string, { to, from, context }: Sms, messageStatus: string) => ({
    eventType: `TEXT_${messageStatus}`,
    eventVersion: '1.0',
    eventTimestamp: now(),
    isFinal: messageStatus !== 'PENDING' && messageStatus !== 'SUCCESSFUL',
    originationPhoneNumber: from,
    destinationPhoneNumber: to,
    messageId,
    messageType: 'TRANSACTIONAL',
    messageStatus,
    messageStatusDescription: `The double says ${messageStatus}`,
    context,
    totalMessageParts: 1,
  });

  return {
    answer: (call: Call): Answer =>
      call.headers['x-amz-target'] === TARGET ? send(call) : smsError('ValidationException', 'UNKNOWN_OPERATION'),
    /** The contact writes to one of our numbers. */
    async receive(to: string, from: string, text: string) {
      const inboundMessageId = randomUUID();
      const message = { originationNumber: from, destinationNumber: to, messageKeyword: '', messageBody: text };
      return {
        outcome: await events.topic({ ...message, inboundMessageId }),
        providerId: inboundMessageId,
      };
    },
  };
}

function parse(body: Buffer): Sms {
  const input = jsonFields(body.toString('utf8'));
  const textIn = (name: string) => (typeof input[name] === 'string' ? input[name] : '');
  return {
    to: textIn('DestinationPhoneNumber'),
    text: textIn('MessageBody'),
    from: textIn('OriginationIdentity'),
    context: isFields(input.Context) ? input.Context : {},
  };
}
