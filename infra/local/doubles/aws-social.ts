import { randomBytes, randomUUID } from 'node:crypto';
import type { Fields } from './bad-input.ts';
import { networkDelayMs } from './courier.ts';
import { failureOf, faultAnswer, type TakenFault } from './faults.ts';
import { jsonFields } from './json-body.ts';
import type { Kit } from './kit.ts';
import { metaTitle } from './meta-errors.ts';
import { type MetaRequest, metaProblem, parseMetaRequest } from './meta-request.ts';
import { messageIdOf } from './outbox.ts';
import { type Answer, type Call, json, type Reply } from './port.ts';
import { type AwsSocialSender, digitsOf } from './senders.ts';

const PATH = '/v1/whatsapp/send';
const WINDOW_MS = 24 * 60 * 60 * 1000;
const OUTSIDE_WINDOW = 131047;

function socialError(status: number, name: string): Reply {
  const reply = json(status, { message: name });
  return { ...reply, headers: { ...reply.headers, 'x-amzn-errortype': name } };
}

const FAULT_WORDS = {
  throttled: () => socialError(429, 'ThrottledRequestException'),
  broken: () => socialError(500, 'InternalServiceException'),
  rejected: (name: string) => socialError(400, name),
};

/**
 * AWS End User Messaging Social (rest-json): send, statuses on the default bus under AWS's own id and without our
 * correlation, replies by a topic. What Meta refuses comes later, as a failure. Signatures are not checked.
 */
export function createAwsSocial({ now, senders, faults, outbox, courier, events, checks }: Kit) {
  const lastInboundAt = new Map<string, number>();
  const isInWindow = (sender: AwsSocialSender, contact: string) =>
    now() - (lastInboundAt.get(`${sender.metaPhoneNumberId} ${contact}`) ?? Number.NEGATIVE_INFINITY) < WINDOW_MS;

  function send(call: Call): Answer {
    const input = jsonFields(call.body.toString('utf8'));
    const sender = senders.awsSocialNumber(String(input.originationPhoneNumberId));
    const message = jsonFields(Buffer.from(String(input.message ?? ''), 'base64').toString('utf8'));
    const request = parseMetaRequest(message, sender?.number);
    const violation = checks.whatsapp(message);
    const fault = faults.take('aws-social', 'send', request);
    const instead = faultAnswer(fault, FAULT_WORDS);
    if (instead) return instead;
    const problem = sender ? problemOf(message, violation) : socialError(404, 'ResourceNotFoundException');
    if (!sender || problem) {
      fault?.giveBack();
      return problem ?? 'drop';
    }
    const messageId = accept(request, sender, fault);
    return fault?.behaviour === 'accept-then-drop' ? 'drop' : json(200, { messageId });
  }

  /** AWS wants the plus that Meta does without. */
  const problemOf = (message: Fields, violation: string | undefined): Reply | undefined =>
    violation !== undefined || !/^\+\d{7,15}$/.test(String(message.to))
      ? socialError(400, 'InvalidParametersException')
      : undefined;

  function accept(request: MetaRequest, sender: AwsSocialSender, fault: TakenFault | undefined): string {
    const id = randomUUID();
    const { to, text, template } = request;
    const code = failureOf(fault) ?? metaProblem(request, sender.number)?.code ?? windowProblem(request, sender);
    const messageId = messageIdOf(request.correlation);
    if (code === undefined) {
      const entry = {
        touchpoint: 'whatsapp',
        provider: 'aws-social',
        to,
        text,
        template,
        providerId: id,
        messageId,
      } as const;
      outbox.add(entry, sender.metaPhoneNumberId);
    }
    if (faults.losesCallbacks('aws-social', request)) return id;
    let at = 0;
    for (const status of code === undefined ? (['Sent', 'Delivered'] as const) : (['Failed'] as const)) {
      at += networkDelayMs();
      courier.later(
        at,
        () => void events.bus('aws.social-messaging', `WhatsApp Message ${status}`, report(id, sender, status, code)),
      );
    }
    return id;
  }

  const windowProblem = ({ template, to }: MetaRequest, sender: AwsSocialSender) =>
    template || isInWindow(sender, to) ? undefined : OUTSIDE_WINDOW;

  const seconds = () => String(Math.floor(now() / 1000));

  const report = (
    messageId: string,
    { metaPhoneNumberId, number }: AwsSocialSender,
    status: string,
    code?: number,
  ) => ({
    wabaId: '1163793972139053',
    originationPhoneNumber: digitsOf(number.displayPhoneNumber),
    originationPhoneNumberId: metaPhoneNumberId,
    messageId,
    status: status.toLowerCase(),
    eventTimestamp: seconds(),
    ...(code !== undefined && { errors: [{ code, title: metaTitle(code), message: metaTitle(code) }] }),
  });

  return {
    answer: (call: Call): Answer =>
      call.method === 'POST' && call.url.pathname === PATH ? send(call) : socialError(404, 'UnknownOperationException'),
    /** The contact writes to one of our numbers, which opens the window; `from` is E.164 with `+`. */
    async receive(sender: AwsSocialSender, from: string, { text, name }: { text: string; name: string }) {
      const id = `wamid.${randomBytes(36).toString('base64')}`;
      const { metaPhoneNumberId: phone_number_id, number } = sender;
      lastInboundAt.set(`${phone_number_id} ${from}`, now());
      const value = {
        messaging_product: 'whatsapp',
        metadata: { display_phone_number: digitsOf(number.displayPhoneNumber), phone_number_id },
        contacts: [{ profile: { name }, wa_id: digitsOf(from) }],
        messages: [{ from: digitsOf(from), id, timestamp: seconds(), type: 'text', text: { body: text } }],
      };
      const whatsAppWebhookEntry = JSON.stringify({ id: '1163793972139053', changes: [{ value, field: 'messages' }] });
      const message = { context: {}, whatsAppWebhookEntry, messageId: randomUUID(), message_timestamp: seconds() };
      return { outcome: await events.topic(message), providerId: id };
    },
  };
}
