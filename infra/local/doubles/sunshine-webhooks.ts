import type { Courier, Outcome } from './courier.ts';
import type { SunshineApp } from './senders.ts';
import { shownConversation } from './sunshine-answers.ts';
import {
  newSunshineId,
  type SunshineClient,
  type SunshineConversation,
  type SunshineMessage,
} from './sunshine-store.ts';

/** Five attempts in a quarter of an hour there. */
const RETRIES = 4;
/** What Sunshine takes for an answer that another attempt would not change. */
const FINAL = [400, 401, 403, 404, 406];

export type SunshineWebhooks = ReturnType<typeof createSunshineWebhooks>;

/** Calls an app's webhook (version v2, with full sources) as Sunshine does: with the secret in a header, each event by itself. */
export function createSunshineWebhooks(courier: Courier, now: () => number) {
  function post(app: SunshineApp, type: string, payload: object): Promise<Outcome> {
    const event = { id: newSunshineId(), type, createdAt: new Date(now()).toISOString(), payload };
    const body = { app: { id: app.appId }, webhook: { id: newSunshineId(), version: 'v2' }, events: [event] };
    return courier.send({
      url: app.webhookUrl,
      headers: { 'content-type': 'application/json', 'x-api-key': app.webhookSecret },
      body: Buffer.from(JSON.stringify(body)),
      retries: RETRIES,
      retryOn: (outcome) =>
        typeof outcome !== 'number' || ((outcome < 200 || outcome > 299) && !FINAL.includes(outcome)),
    });
  }

  return {
    message: (app: SunshineApp, conversation: SunshineConversation, message: SunshineMessage & { source: object }) =>
      post(app, 'conversation:message', { conversation: shownConversation(conversation), message }),
    delivery: (
      app: SunshineApp,
      conversation: SunshineConversation,
      { trigger, id, client, error }: { trigger: string; id: string; client: SunshineClient; error?: object },
    ) =>
      post(app, `conversation:message:delivery:${trigger}`, {
        user: { id: conversation.user.id, externalId: conversation.user.externalId },
        conversation: shownConversation(conversation),
        message: { id },
        destination: { type: client.type, integrationId: client.integrationId },
        isFinalEvent: trigger !== 'channel',
        ...(error && { error }),
      }),
    client: (app: SunshineApp, conversation: SunshineConversation, client: SunshineClient, reason: string) =>
      post(app, 'client:update', {
        conversation: shownConversation(conversation),
        user: { id: conversation.user.id, externalId: conversation.user.externalId },
        client: { ...client },
        reason,
      }),
  };
}
