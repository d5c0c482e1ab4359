import { jsonFields } from './json-body.ts';
import type { Kit } from './kit.ts';
import { type Answer, type Call, json } from './port.ts';
import type { Check } from './request-checks.ts';
import type { SunshineApp } from './senders.ts';
import { NOT_FOUND, shownConversation, sunshineError, sunshineList } from './sunshine-answers.ts';
import { createSunshineClients } from './sunshine-clients.ts';
import { createSunshineMessages } from './sunshine-messages.ts';
import { type Asked, isAuthorised } from './sunshine-request.ts';
import { createSunshineStore, newSunshineId, type SunshineStore } from './sunshine-store.ts';
import { createSunshineWebhooks } from './sunshine-webhooks.ts';

const PATH = /^\/v2\/apps\/([^/]+)(\/.*)$/;

/** Sunshine Conversations v2: users, conversations, clients that link numbers, messages, webhooks. */
export function createSunshine(kit: Kit) {
  const { now, senders, courier, checks } = kit;
  const stores = new Map<string, SunshineStore>();
  const webhooks = createSunshineWebhooks(courier, now);
  const clients = createSunshineClients(kit, webhooks);
  const messages = createSunshineMessages(kit, webhooks);

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
    return sunshineList('conversations', store.conversationsOf(user).map(shownConversation));
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

  type Route = readonly [method: string, path: RegExp, handle: (asked: Asked) => Answer, check?: Check];
  const routes: readonly Route[] = [
    ['POST', /^\/users()$/, createUser, checks.sunshine('userCreateBody')],
    ['GET', /^\/conversations()$/, listConversations],
    ['POST', /^\/conversations()$/, createConversation, checks.sunshine('conversationCreateBody')],
    ['PATCH', /^\/conversations\/([^/]+)$/, updateConversation, checks.sunshine('conversationUpdateBody')],
    ['GET', /^\/conversations\/([^/]+)\/messages$/, messages.list],
    ['POST', /^\/conversations\/([^/]+)\/messages$/, messages.post, checks.sunshine('messagePost')],
    ['GET', /^\/users\/([^/]+)\/clients$/, clients.list],
    ['POST', /^\/users\/([^/]+)\/clients$/, clients.link, checks.sunshine('clientCreate')],
    ['DELETE', /^\/users\/([^/]+\/clients\/[^/]+)$/, clients.remove],
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
