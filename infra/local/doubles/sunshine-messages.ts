import { networkDelayMs } from './courier.ts';
import { failureWordOf, faultAnswer } from './faults.ts';
import type { Kit } from './kit.ts';
import { messageIdOf } from './outbox.ts';
import { type Answer, json } from './port.ts';
import type { SunshineApp } from './senders.ts';
import { FAULT_WORDS, NOT_FOUND, sunshineError, sunshineList } from './sunshine-answers.ts';
import { type Asked, readMessage, type SunshineMessageRequest } from './sunshine-request.ts';
import { newSunshineId, type SunshineClient, type SunshineConversation } from './sunshine-store.ts';
import type { SunshineWebhooks } from './sunshine-webhooks.ts';

const MAX_TEXT = 4096;

interface Accepted extends SunshineMessageRequest {
  readonly id: string;
  readonly app: SunshineApp;
  readonly conversation: SunshineConversation;
  readonly client: SunshineClient;
}

/** What businesses post to conversations, with the receipts that follow. */
export function createSunshineMessages({ now, faults, outbox, courier }: Kit, webhooks: SunshineWebhooks) {
  function list({ store, part }: Asked): Answer {
    const instead = faultAnswer(faults.take('sunshine', 'lookup', { to: '', text: '' }), FAULT_WORDS);
    if (instead) return instead;
    const conversation = store.conversation(part);
    return conversation ? sunshineList('messages', conversation.messages) : NOT_FOUND;
  }

  function post({ app, store, body, part }: Asked): Answer {
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
    const accepted = { ...sent, id: message.id, app, conversation, client };
    const failure = failureWordOf(fault);
    if (!failure) deliver(accepted);
    report(accepted, failure);
    void webhooks.message(app, conversation, { ...message, source: { type: 'api:conversations' } });
    return fault?.behaviour === 'accept-then-drop' ? 'drop' : json(201, { messages: [message] });
  }

  function deliver({ id, client, text, template, shown }: Accepted): void {
    const entry = {
      touchpoint: client.type === 'whatsapp' ? 'whatsapp' : 'sms',
      provider: 'sunshine',
      to: client.externalId,
      text,
      template,
      providerId: id,
      messageId: messageIdOf(JSON.stringify(shown.metadata ?? {})),
    } as const;
    outbox.add(entry, client.integrationId);
  }

  function report({ id, app, conversation, client, text }: Accepted, failure: string | undefined): void {
    if (faults.losesCallbacks('sunshine', { to: client.externalId, text })) return;
    const error = failure ? { code: failure, message: 'asked for by a fault' } : undefined;
    let at = 0;
    for (const trigger of failure ? ['failure'] : ['channel', 'user']) {
      at += networkDelayMs();
      courier.later(at, () => void webhooks.delivery(app, conversation, { trigger, id, client, error }));
    }
  }

  return { list, post };
}
