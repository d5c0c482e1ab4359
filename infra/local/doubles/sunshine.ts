import { type Fields, isFields } from './bad-input.ts';
import { networkDelayMs } from './courier.ts';
import { failureWordOf, faultAnswer, type TakenFault } from './faults.ts';
import { jsonFields } from './json-body.ts';
import type { Kit } from './kit.ts';
import { parseMetaRequest } from './meta-request.ts';
import { messageIdOf } from './outbox.ts';
import { type Answer, type Call, json } from './port.ts';
import type { Check } from './request-checks.ts';
import { digitsOf, type SunshineApp } from './senders.ts';
import {
  createSunshineStore,
  newSunshineId,
  type SunshineClient,
  type SunshineConversation,
  type SunshineStore,
} from './sunshine-store.ts';
import { createSunshineWebhooks } from './sunshine-webhooks.ts';

const PATH = /^\/v2\/apps\/([^/]+)(\/.*)$/;
/** Linking this number fails: the channel does not know it. */
export const UNKNOWN_NUMBER = '+15005550001';
const MAX_TEXT = 4096;

const sunshineError = (status: number, code: string, title = code) => json(status, { errors: [{ code, title }] });
const NOT_FOUND = sunshineError(404, 'not_found');

const FAULT_WORDS = {
  throttled: () => sunshineError(429, 'too_many_requests'),
  broken: () => sunshineError(500, 'internal_error'),
  rejected: (code: string) => sunshineError(STATUS_OF[code] ?? 400, code),
};
const STATUS_OF: Readonly<Record<string, number>> = {
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  app_not_found: 404,
  integration_not_found: 404,
  locked: 423,
};

interface Asked {
  readonly app: SunshineApp;
  readonly store: SunshineStore;
  readonly body: Fields;
  readonly query: URLSearchParams;
  /** The part of the path in the route's brackets. */
  readonly part: string;
}

/** Sunshine Conversations v2: users, conversations, clients that link numbers, messages, webhooks. */
export function createSunshine({ now, senders, faults, outbox, courier, checks }: Kit) {
  const stores = new Map<string, SunshineStore>();
  const webhooks = createSunshineWebhooks(courier, now);

  function storeOf({ appId }: SunshineApp): SunshineStore {
    const store = stores.get(appId) ?? createSunshineStore();
    stores.set(appId, store);
    return store;
  }

  function createUser({ store, body }: Asked): Answer {
    if (typeof body.externalId !== 'string') return sunshineError(400, 'bad_request');
    if (store.user(body.externalId)) return sunshineError(409, 'conflict', 'User already exists');
    const { id, externalId } = store.addUser(body.externalId);
    return json(201, { user: { id, externalId } });
  }

  function listConversations({ store, query }: Asked): Answer {
    const user = store.user(query.get('filter[userExternalId]') ?? '');
    if (!user) return sunshineError(404, 'user_not_found');
    return json(200, { conversations: store.conversationsOf(user).map(shownConversation), meta: { hasMore: false } });
  }

  function createConversation({ store, body }: Asked): Answer {
    const [participant] = Array.isArray(body.participants) ? body.participants : [];
    const user = store.user(String(participant?.userExternalId));
    if (!user) return NOT_FOUND;
    return json(201, { conversation: shownConversation(store.addConversation(user, body.metadata)) });
  }

  function updateConversation({ store, part, body }: Asked): Answer {
    const conversation = store.conversation(part);
    if (!conversation) return NOT_FOUND;
    conversation.metadata = body.metadata ?? conversation.metadata;
    return json(200, { conversation: shownConversation(conversation) });
  }

  function listClients({ store, part }: Asked): Answer {
    const user = store.user(part);
    return user ? json(200, { clients: user.clients, meta: { hasMore: false } }) : NOT_FOUND;
  }

  function removeClient({ store, part }: Asked): Answer {
    const [externalId = '', id] = part.split('/clients/');
    const user = store.user(externalId);
    if (!user?.clients.some((client) => client.id === id)) return NOT_FOUND;
    user.clients = user.clients.filter((client) => client.id !== id);
    return json(200, {});
  }

  function linkClient(asked: Asked): Answer {
    const { store, app, body, part } = asked;
    const [user, criteria] = [store.user(part), isFields(body.matchCriteria) ? body.matchCriteria : {}];
    const conversation = store.conversation(isFields(body.target) ? String(body.target.conversationId) : '');
    const integrationId = String(criteria.integrationId);
    if (!user || conversation?.user !== user) return NOT_FOUND;
    if (integrationId !== integrationOf(app, criteria.type)) return sunshineError(404, 'integration_not_found');
    if (user.clients.some((client) => client.integrationId === integrationId)) return sunshineError(409, 'conflict');
    const number = `+${digitsOf(String(criteria.phoneNumber))}`;
    const type = criteria.type === 'whatsapp' ? 'whatsapp' : 'twilio';
    const client: SunshineClient = { id: newSunshineId(), type, integrationId, externalId: number, status: 'pending' };
    user.clients.push(client);
    courier.later(networkDelayMs(), () => settle(app, conversation, client));
    return json(201, { client: { ...client } });
  }

  /** The channel knows the number, or Sunshine takes the link away. */
  function settle(app: SunshineApp, conversation: SunshineConversation, client: SunshineClient): void {
    const { user } = conversation;
    if (client.externalId === UNKNOWN_NUMBER) {
      user.clients = user.clients.filter((other) => other !== client);
      return;
    }
    client.status = 'active';
    void webhooks.client(app, conversation, client, 'confirmed');
  }

  function postMessage({ app, store, body, part }: Asked): Answer {
    const conversation = store.conversation(part);
    const sent = readMessage(app, body);
    const client = conversation?.user.clients.find(({ integrationId }) => integrationId === sent.integrationId);
    const fault = faults.take('sunshine', 'send', { to: client?.externalId ?? '', text: sent.text });
    const instead = faultAnswer(fault, FAULT_WORDS);
    if (instead) return instead;
    if (!conversation || client?.status !== 'active' || sent.text === '' || sent.text.length > MAX_TEXT) {
      fault?.giveBack();
      return conversation ? sunshineError(400, 'bad_request', 'No active client of this integration.') : NOT_FOUND;
    }
    const message = { id: newSunshineId(), received: new Date(now()).toISOString(), ...sent.shown };
    conversation.messages.push(message);
    report(app, conversation, { ...sent, id: message.id, client }, fault);
    void webhooks.message(app, conversation, { ...message, source: { type: 'api:conversations' } });
    return fault?.behaviour === 'accept-then-drop' ? 'drop' : json(201, { messages: [message] });
  }

  function report(
    app: SunshineApp,
    conversation: SunshineConversation,
    sent: ReturnType<typeof readMessage> & { id: string; client: SunshineClient },
    fault: TakenFault | undefined,
  ): void {
    const { id, client, text, template, shown } = sent;
    const to = client.externalId;
    const failure = failureWordOf(fault);
    const touchpoint = client.type === 'whatsapp' ? 'whatsapp' : 'sms';
    if (!failure) {
      const messageId = messageIdOf(JSON.stringify(shown.metadata ?? {}));
      outbox.add(
        { touchpoint, provider: 'sunshine', to, text, template, providerId: id, messageId },
        client.integrationId,
      );
    }
    if (faults.losesCallbacks('sunshine', { to, text })) return;
    const error = failure ? { code: failure, message: 'asked for by a fault' } : undefined;
    let at = 0;
    for (const trigger of failure ? ['failure'] : ['channel', 'user']) {
      at += networkDelayMs();
      courier.later(at, () => void webhooks.delivery(app, conversation, { trigger, id, client, error }));
    }
  }

  function listMessages({ store, part }: Asked): Answer {
    const instead = faultAnswer(faults.take('sunshine', 'lookup', { to: '', text: '' }), FAULT_WORDS);
    if (instead) return instead;
    const conversation = store.conversation(part);
    return conversation ? json(200, { messages: conversation.messages, meta: { hasMore: false } }) : NOT_FOUND;
  }

  type Route = readonly [method: string, path: RegExp, handle: (asked: Asked) => Answer, check?: Check];
  const routes: readonly Route[] = [
    ['POST', /^\/users()$/, createUser, checks.sunshine('userCreateBody')],
    ['GET', /^\/conversations()$/, listConversations],
    ['POST', /^\/conversations()$/, createConversation, checks.sunshine('conversationCreateBody')],
    ['PATCH', /^\/conversations\/([^/]+)$/, updateConversation, checks.sunshine('conversationUpdateBody')],
    ['GET', /^\/conversations\/([^/]+)\/messages$/, listMessages],
    ['POST', /^\/conversations\/([^/]+)\/messages$/, postMessage, checks.sunshine('messagePost')],
    ['GET', /^\/users\/([^/]+)\/clients$/, listClients],
    ['POST', /^\/users\/([^/]+)\/clients$/, linkClient, checks.sunshine('clientCreate')],
    ['DELETE', /^\/users\/([^/]+\/clients\/[^/]+)$/, removeClient],
  ];

  return {
    answer(call: Call): Answer {
      const [, appId = '', path = ''] = PATH.exec(call.url.pathname) ?? [];
      const app = senders.sunshineApp(appId);
      if (!app) return sunshineError(404, 'app_not_found');
      if (!isAuthorised(call, app)) return sunshineError(401, 'unauthorized');
      const body = jsonFields(call.body.toString('utf8'));
      for (const [method, pattern, handle, check] of routes) {
        const part = method === call.method ? pattern.exec(path)?.[1] : undefined;
        if (part === undefined) continue;
        const violation = check?.(body);
        return violation
          ? sunshineError(400, 'bad_request', violation)
          : handle({ app, store: storeOf(app), body, query: call.url.searchParams, part });
      }
      return NOT_FOUND;
    },
    /** The contact writes by the channel of an integration; `from` is E.164 with `+`. */
    async receive(
      app: SunshineApp,
      integrationId: string,
      from: string,
      { text, name }: { text: string; name: string },
    ) {
      const store = storeOf(app);
      const user = store.byNumber(integrationId, from) ?? store.addUser(newSunshineId());
      const conversation = store.conversationsOf(user)[0] ?? store.addConversation(user, undefined);
      const type = integrationId === app.whatsappIntegration ? 'whatsapp' : 'twilio';
      const message = {
        id: newSunshineId(),
        received: new Date(now()).toISOString(),
        author: { type: 'user', userId: user.id, displayName: name },
        content: { type: 'text', text },
        source: { type, integrationId, client: { type, integrationId, externalId: from, displayName: name } },
      };
      conversation.messages.push(message);
      return { outcome: await webhooks.message(app, conversation, message), providerId: message.id };
    },
  };
}

const integrationOf = (app: SunshineApp, type: unknown): string =>
  type === 'whatsapp' ? app.whatsappIntegration : app.smsIntegration;

const shownConversation = ({ id, metadata }: SunshineConversation) => ({ id, type: 'personal', metadata });

function isAuthorised({ headers }: Call, { keyId, keySecret }: SunshineApp): boolean {
  const [scheme, value = ''] = (headers.authorization ?? '').split(' ');
  return scheme?.toLowerCase() === 'basic' && Buffer.from(value, 'base64').toString('utf8') === `${keyId}:${keySecret}`;
}

function readMessage(app: SunshineApp, body: Fields) {
  const content = isFields(body.content) ? body.content : {};
  const request = parseMetaRequest({ type: 'template', template: content.template }, app.number);
  const isTemplate = content.type === 'template' && body.schema === 'whatsapp';
  return {
    text: isTemplate ? request.text : String(content.text ?? ''),
    template: isTemplate ? request.template : undefined,
    integrationId: isFields(body.destination) ? String(body.destination.integrationId) : '',
    shown: { author: { type: 'business' }, content, ...(body.metadata !== undefined && { metadata: body.metadata }) },
  };
}
