import { randomBytes } from 'node:crypto';
import { networkDelayMs } from './courier.ts';
import { failureOf, faultAnswer, type TakenFault } from './faults.ts';
import type { Kit } from './kit.ts';
import { type MetaProblem, metaError } from './meta-errors.ts';
import { type MetaRequest, metaProblem, parseMetaRequest, placeholders } from './meta-request.ts';
import { createMetaWebhooks } from './meta-webhooks.ts';
import { messageIdOf } from './outbox.ts';
import { type Answer, type Call, json } from './port.ts';
import { digitsOf, type Template, type WhatsAppSender } from './senders.ts';

const PATH = /^\/v\d+\.\d+\/([^/]+)\/(messages|message_templates)$/;
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

/** WhatsApp Cloud API: texts and templates, the 24-hour window, status webhooks, replies, the list of templates. */
export function createMeta({ now, senders, faults, outbox, courier, checks }: Kit) {
  const webhooks = createMetaWebhooks(courier, now);
  const lastInboundAt = new Map<string, number>();

  const pair = (sender: WhatsAppSender, contact: string) => `${sender.phoneNumberId} ${contact}`;
  const isInWindow = (sender: WhatsAppSender, contact: string) =>
    now() - (lastInboundAt.get(pair(sender, contact)) ?? Number.NEGATIVE_INFINITY) < WINDOW_MS;

  function send(call: Call, phoneNumberId: string): Answer {
    const input = parseJson(call.body);
    const sender = senders.whatsAppNumber(phoneNumberId);
    const request = parseMetaRequest(input, sender);
    const violation = checks.whatsapp(input);
    const fault = faults.take('whatsapp', 'send', request);
    const instead = faultAnswer(fault, FAULT_WORDS);
    if (instead) return instead;
    const problem = accessProblem(call, sender) ?? (sender && metaProblem(request, sender)) ?? violationOf(violation);
    if (!sender || problem) {
      fault?.giveBack();
      return metaError(problem ?? { code: 100, details: 'no such number' });
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

  function listTemplates(call: Call): Answer {
    const known = senders.whatsAppToken(bearer(call));
    if (known.length === 0) return metaError({ code: 190, details: 'Invalid OAuth access token' });
    const asked = ['name', 'language', 'status'] as const;
    const data = known
      .flatMap((sender) => sender.templates)
      .filter((t) => asked.every((field) => (call.url.searchParams.get(field) ?? t[field]) === t[field]));
    return json(200, { data: data.map(shownTemplate), paging: { cursors: { before: 'MAZDZD', after: 'MjQZD' } } });
  }

  return {
    answer(call: Call): Answer {
      const [, id = '', edge] = PATH.exec(call.url.pathname) ?? [];
      if (edge === 'messages' && call.method === 'POST') return send(call, id);
      if (edge === 'message_templates' && call.method === 'GET') return listTemplates(call);
      return metaError({ code: 100, details: `Unsupported ${call.method.toLowerCase()} request.` });
    },
    /** The contact writes to one of our numbers, which opens the window; `from` is E.164 with `+`. */
    async receive(sender: WhatsAppSender, from: string, message: { text: string; name: string }) {
      const id = newId();
      lastInboundAt.set(pair(sender, from), now());
      return { outcome: await webhooks.inbound(sender, { id, from, ...message }), providerId: id };
    },
  };
}

const newId = () => `wamid.${randomBytes(36).toString('base64')}`;
const bearer = ({ headers }: Call): string => /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
const violationOf = (details: string | undefined) => (details === undefined ? undefined : { code: 100, details });

const accepted = ({ body, to, template }: MetaRequest, id: string) => ({
  messaging_product: 'whatsapp',
  contacts: [{ input: body.to, wa_id: digitsOf(to) }],
  messages: [template ? { id, message_status: 'accepted' } : { id }],
});

const shownTemplate = ({ name, language, status, body }: Template) => {
  const count = placeholders(body);
  const example =
    count > 0 ? { example: { body_text: [Array.from({ length: count }, (_, i) => `value ${i + 1}`)] } } : {};
  const id = String([...`${name} ${language}`].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 1e15, 7));
  return { id, name, language, status, category: 'UTILITY', components: [{ type: 'BODY', text: body, ...example }] };
};

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
