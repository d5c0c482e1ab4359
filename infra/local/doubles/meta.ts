import { randomBytes } from 'node:crypto';
import { networkDelayMs } from './courier.ts';
import { failureOf, faultAnswer, type TakenFault } from './faults.ts';
import type { Kit } from './kit.ts';
import { type MetaProblem, metaError } from './meta-errors.ts';
import { createMetaLimits } from './meta-limits.ts';
import { createMetaManagement } from './meta-management.ts';
import { type MetaRequest, metaProblem, parseMetaRequest } from './meta-request.ts';
import { createMetaTemplates } from './meta-templates.ts';
import { createMetaWebhooks } from './meta-webhooks.ts';
import { messageIdOf } from './outbox.ts';
import { type Answer, type Call, json } from './port.ts';
import { digitsOf, type WhatsAppSender } from './senders.ts';

const PATH = /^\/v\d+\.\d+\/([^/]+)(?:\/(messages|message_templates))?$/;
const WINDOW_MS = 24 * 60 * 60 * 1000;
const OUTSIDE_WINDOW: MetaProblem = {
  code: 131047,
  details:
    'Message failed to send because more than 24 hours have passed since the customer last replied to this number.',
};
const FAULT_WORDS = {
  throttled: () => metaError({ code: 130429, details: 'Message throughput reached' }),
  broken: () => metaError({ code: 131000, details: 'Message failed to send due to an unknown error.' }),
  rejected: (code: string) => metaError({ code: Number(code), details: 'asked for by a fault' }),
};

/** WhatsApp Cloud API: texts and templates, the 24-hour window, limits, status webhooks, replies, managed templates. */
export function createMeta({ now, senders, faults, outbox, courier, checks }: Kit) {
  const webhooks = createMetaWebhooks(courier, now);
  const templates = createMetaTemplates(senders);
  const management = createMetaManagement({ senders, templates, webhooks, courier });
  const limits = createMetaLimits(now);
  const lastInboundAt = new Map<string, number>();
  const refusals = new Map<number, number>();

  const pair = (sender: WhatsAppSender, contact: string) => `${sender.phoneNumberId} ${contact}`;
  const isInWindow = (sender: WhatsAppSender, contact: string) =>
    now() - (lastInboundAt.get(pair(sender, contact)) ?? Number.NEGATIVE_INFINITY) < WINDOW_MS;

  function send(call: Call, phoneNumberId: string): Answer {
    const input = parseJson(call.body);
    const registered = senders.whatsAppNumber(phoneNumberId);
    const sender = registered && { ...registered, templates: templates.of(registered.businessAccountId) };
    const request = parseMetaRequest(input, sender);
    const violation = checks.whatsapp(input);
    const fault = faults.take('whatsapp', 'send', request);
    const instead = faultAnswer(fault, FAULT_WORDS);
    if (instead) return instead;
    const problem =
      accessProblem(call, registered) ??
      (sender && metaProblem(request, sender)) ??
      violationOf(violation) ??
      limits.take(phoneNumberId, request.to);
    if (!sender || problem) {
      fault?.giveBack();
      return metaError(noted(problem ?? { code: 100, details: 'no such number' }));
    }
    const id = accept(request, sender, fault);
    return fault?.behaviour === 'accept-then-drop' ? 'drop' : json(200, accepted(request, id));
  }

  /** An unknown number and one of another account look the same, as at Meta. */
  function accessProblem(call: Call, sender: WhatsAppSender | undefined): MetaProblem | undefined {
    const known = senders.whatsAppToken(bearer(call));
    if (known.length === 0) return { code: 190, details: 'Invalid OAuth access token - Cannot parse access token' };
    if (sender && known.includes(sender)) return undefined;
    return { code: 100, details: 'Unsupported post request. Object does not exist or lacks permissions.' };
  }

  function accept(request: MetaRequest, sender: WhatsAppSender, fault: TakenFault | undefined): string {
    const { to, text, template, correlation } = request;
    const id = newId();
    const asked = failureOf(fault);
    const error = asked === null ? windowProblem(request, sender) : { code: asked, details: 'asked for by a fault' };
    const messageId = messageIdOf(correlation);
    if (error) noted(error);
    if (!error) {
      const entry = {
        touchpoint: 'whatsapp',
        provider: 'whatsapp',
        to,
        text,
        template,
        providerId: id,
        messageId,
      } as const;
      outbox.add(entry, sender.phoneNumberId);
    }
    if (faults.losesCallbacks('whatsapp', request)) return id;
    let at = 0;
    for (const status of error ? (['failed'] as const) : (['sent', 'delivered'] as const)) {
      at += networkDelayMs();
      courier.later(at, () => void webhooks.status(sender, { id, status, to, correlation, error }));
    }
    return id;
  }

  const windowProblem = ({ template, to }: MetaRequest, sender: WhatsAppSender) =>
    template || isInWindow(sender, to) ? undefined : OUTSIDE_WINDOW;

  function noted(problem: MetaProblem): MetaProblem {
    refusals.set(problem.code, (refusals.get(problem.code) ?? 0) + 1);
    return problem;
  }

  return {
    answer(call: Call): Answer {
      const [, id = '', edge] = PATH.exec(call.url.pathname) ?? [];
      if (edge === 'messages' && call.method === 'POST') return send(call, id);
      if (id !== '' && edge !== 'messages') return management.answer(call, bearer(call), id);
      return metaError({ code: 100, details: `Unsupported ${call.method.toLowerCase()} request.` });
    },
    setLimits: limits.set,
    decide: management.decideAs,
    /** How many messages were refused, at once or later, by Meta's code. */
    refusals: () => Object.fromEntries(refusals),
    /** The contact writes to one of our numbers, which opens the window; `from` is E.164 with `+`, or Meta's id. */
    async receive(sender: WhatsAppSender, from: string, message: { text: string; name: string; userId?: string }) {
      const id = newId();
      for (const name of [from, message.userId]) if (name) lastInboundAt.set(pair(sender, name), now());
      return { outcome: await webhooks.inbound(sender, { id, from, ...message }), providerId: id };
    },
  };
}

const newId = () => `wamid.${randomBytes(36).toString('base64')}`;
const bearer = ({ headers }: Call): string => /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
const violationOf = (details: string | undefined) => (details === undefined ? undefined : { code: 100, details });

const accepted = ({ body, to, template }: MetaRequest, id: string) => ({
  messaging_product: 'whatsapp',
  contacts: [body.to ? { input: body.to, wa_id: digitsOf(to) } : { input: to, user_id: to }],
  messages: [template ? { id, message_status: 'accepted' } : { id }],
});

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
