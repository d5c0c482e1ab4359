import * as z from 'zod';
import { append } from '../../shared/acceptance/append.ts';
import { demandScope, identifyCaller } from '../../shared/auth/caller.ts';
import { AppendMessagesSchema } from '../../shared/contracts/conversation-request.ts';
import type { Notification } from '../../shared/contracts/queue-messages.ts';
import { RequestError } from '../../shared/domain/errors.ts';
import { fingerprintOf, recordKeyOf } from '../../shared/store/idempotency.ts';
import { getMessage } from '../../shared/store/messages.ts';
import type { NotifyParts } from './parts.ts';

const AnswerSchema = z.object({ token: z.string(), messages: z.array(z.record(z.string(), z.unknown())) });

/** Whether a message says anything: empty ones are ignored (contract section 9). */
const says = ({ text, items }: Record<string, unknown>): boolean =>
  (typeof text === 'string' && text.trim() !== '') || items !== undefined;

/**
 * Adds the messages that a receiver answered with to the conversation, as the user of the token it gave, once however
 * often the notification is repeated. An answer that is none is ignored; one that the API would refuse is counted.
 */
export async function takeAnswer(parts: NotifyParts, notification: Notification, body = ''): Promise<void> {
  const { conversation, key } = notification.ids;
  const answer = notification.event.startsWith('message.create.') ? readAnswer(body) : undefined;
  if (!conversation || !key || !answer || answer.messages.length === 0) return;
  try {
    await addMessages(parts, { conversation, key, delivery: notification.delivery, ...answer });
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    parts.observe.count('WebhookAnswerRefused');
    parts.observe.info('The messages that a webhook answered with were refused.', {
      service: notification.service,
      code: error.code,
    });
  }
}

function readAnswer(body: string): z.infer<typeof AnswerSchema> | undefined {
  try {
    const answer = AnswerSchema.parse(JSON.parse(body));
    return { ...answer, messages: answer.messages.filter(says) };
  } catch {
    return undefined;
  }
}

async function addMessages(
  parts: NotifyParts,
  answer: { conversation: string; key: string; delivery: string; token: string; messages: readonly unknown[] },
): Promise<void> {
  const bearer = await identifyCaller(`Bearer ${answer.token}`, parts.tokens, parts.users.user);
  const caller = demandScope(bearer, 'agent');
  const told = await getMessage(parts.table, answer.conversation, answer.key);
  // Who answers its own messages would do so for ever.
  if (told?.user === caller.user) return;
  const drafts = AppendMessagesSchema.safeParse(answer.messages);
  if (!drafts.success) throw new RequestError('invalid_request', 'The messages are not valid.');
  // No caller's key: those hold no spaces.
  const name = `webhook ${answer.delivery}`;
  const once = { key: recordKeyOf(caller.organization, name), fingerprint: fingerprintOf(name, Buffer.alloc(0)) };
  await append(parts, { conversation: answer.conversation, drafts: drafts.data, caller }, once, 201);
}
