import type { ProviderName } from '../../../shared/providers/provider.ts';
import { BadInput, fieldsOf, textOf } from './bad-input.ts';
import type { Events } from './events.ts';
import type { FaultBook } from './faults.ts';
import type { createMeta } from './meta.ts';
import type { Outbox } from './outbox.ts';
import { type Answer, type Call, json, type Port } from './port.ts';
import type { createReplies } from './reply.ts';
import type { Senders } from './senders.ts';
import type { recordViolations } from './violations.ts';

interface Controlled {
  readonly outbox: Outbox;
  readonly faults: FaultBook;
  readonly senders: Senders;
  readonly violations: ReturnType<typeof recordViolations>;
  readonly events: Events;
  readonly reply: ReturnType<typeof createReplies>;
  readonly meta: Pick<ReturnType<typeof createMeta>, 'decide' | 'refusals' | 'setLimits'>;
  readonly ports: Readonly<Record<ProviderName, Port>>;
}

type Route = (call: Call) => Answer | Promise<Answer>;

const NO_CONTENT: Answer = { status: 204, headers: {}, body: '' };
const RAW = /^\/_local\/outbox\/(\d+)\/raw$/;

/** What people and tests use: the outbox, replies, faults, senders. Bad input is answered with a sentence. */
export function createControl({ outbox, faults, senders, violations, events, reply, meta, ports }: Controlled) {
  async function postFault(call: Call): Promise<Answer> {
    const fault = faults.post(parse(call));
    if (fault.behaviour === 'refuse') await ports[fault.provider].refuse(fault.times * 1000, fault.end);
    return json(201, fault.shown);
  }

  async function clearFaults(): Promise<Answer> {
    faults.clear();
    await Promise.all(Object.values(ports).map((port) => port.open()));
    return NO_CONTENT;
  }

  async function postReply(call: Call): Promise<Answer> {
    const { outcome, providerId } = await reply(parse(call));
    if (typeof outcome === 'number') return json(200, { status: outcome, providerId });
    return json(502, { error: `Our webhook did not answer (${outcome}).`, providerId });
  }

  function putEventsUrl(call: Call): Answer {
    const url = textOf(fieldsOf(parse(call), 'The body', ['url']), 'url', 'The body');
    if (!URL.canParse(url)) throw new BadInput(`"${url}" is no URL.`);
    events.goTo(url);
    return NO_CONTENT;
  }

  function raw(seq: string): Answer {
    const mime = outbox.raw(Number(seq));
    if (!mime) return json(404, { error: `There is no mail ${seq} in the outbox.` });
    return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: mime };
  }

  async function postDecision(call: Call): Promise<Answer> {
    await meta.decide(parse(call));
    return NO_CONTENT;
  }

  const clear = (what: { clear(): void }): Answer => {
    what.clear();
    return NO_CONTENT;
  };

  const routes: Readonly<Record<string, Route>> = {
    'GET /_local/outbox': () => json(200, outbox.list()),
    'DELETE /_local/outbox': () => clear(outbox),
    'GET /_local/violations': () => json(200, violations.list()),
    'DELETE /_local/violations': () => clear(violations),
    'GET /_local/faults': () => json(200, faults.list()),
    'POST /_local/faults': postFault,
    'DELETE /_local/faults': clearFaults,
    'POST /_local/reply': postReply,
    'PUT /_local/events-url': putEventsUrl,
    'GET /_local/refusals': () => json(200, meta.refusals()),
    'PUT /_local/limits': (call) => json(200, meta.setLimits(parse(call))),
    'POST /_local/templates': postDecision,
    'PUT /_local/senders': (call) => json(200, senders.register(parse(call))),
  };

  return async (call: Call): Promise<Answer> => {
    const path = call.url.pathname;
    const seq = RAW.exec(path)?.[1];
    if (seq && call.method === 'GET') return raw(seq);
    const route = routes[`${call.method} ${path}`];
    if (!route)
      return json(404, { error: `No such thing: ${call.method} ${path}. Known: ${Object.keys(routes).join(', ')}.` });
    try {
      return await route(call);
    } catch (error) {
      if (error instanceof BadInput) return json(400, { error: error.message });
      throw error;
    }
  };
}

function parse(call: Call): unknown {
  try {
    return JSON.parse(call.body.toString('utf8'));
  } catch {
    throw new BadInput('The body must be JSON.');
  }
}
