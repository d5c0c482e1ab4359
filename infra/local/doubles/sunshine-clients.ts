import { networkDelayMs } from './courier.ts';
import type { Kit } from './kit.ts';
import { type Answer, json } from './port.ts';
import type { SunshineApp } from './senders.ts';
import { NOT_FOUND, sunshineError, sunshineList } from './sunshine-answers.ts';
import { type Asked, readLink } from './sunshine-request.ts';
import { newSunshineId, type SunshineClient, type SunshineConversation } from './sunshine-store.ts';
import type { SunshineWebhooks } from './sunshine-webhooks.ts';

/** Linking this number fails: the channel does not know it. */
export const UNKNOWN_NUMBER = '+15005550001';

/** What links users to channels; a link is pending until the channel has looked for the number. */
export function createSunshineClients({ courier }: Kit, webhooks: SunshineWebhooks) {
  function list({ store, part }: Asked): Answer {
    const user = store.user(part);
    return user ? sunshineList('clients', user.clients) : NOT_FOUND;
  }

  function remove({ store, part }: Asked): Answer {
    const [externalId = '', id] = part.split('/clients/');
    const user = store.user(externalId);
    if (!user?.clients.some((client) => client.id === id)) return NOT_FOUND;
    user.clients = user.clients.filter((client) => client.id !== id);
    return json(200, {});
  }

  function link({ store, app, body, part }: Asked): Answer {
    const { conversationId, integrationId, isKnown, type, number } = readLink(app, body);
    const user = store.user(part);
    const conversation = store.conversation(conversationId);
    if (!user || conversation?.user !== user) return NOT_FOUND;
    if (!isKnown) return sunshineError(404, 'integration_not_found');
    if (user.clients.some((client) => client.integrationId === integrationId)) return sunshineError(409, 'conflict');
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

  return { list, link, remove };
}
