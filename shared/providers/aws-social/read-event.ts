import * as z from 'zod';
import { parseJson } from '../parse-json.ts';
import type { ProviderEvent, QueuedEvent } from '../provider.ts';
import { readWebhook } from '../whatsapp/callback.ts';
import { readStatus } from '../whatsapp/read-status.ts';
import { StatusSchema } from '../whatsapp/webhook-schema.ts';

/** From the topic of the WhatsApp account: Meta's webhook entry as a text, under AWS's own id of the message. */
const EntrySchema = z.object({
  whatsAppWebhookEntry: z.string(),
  messageId: z.string().min(1).optional().catch(undefined),
});

/** From the event bus: Meta's status in AWS's words. */
const DetailSchema = z.object({
  messageId: z.string().min(1),
  status: z.string(),
  eventTimestamp: z.coerce.string().optional().catch(undefined),
  errors: z.unknown().optional(),
});

/**
 * What AWS passes on of Meta's webhooks. Source: docs.aws.amazon.com/social-messaging, "Message and event format",
 * "Monitoring with Amazon EventBridge". What contacts write comes whole by the topic only.
 */
export function readSocialEvent({ source, detailType, detail }: QueuedEvent, now: number): readonly ProviderEvent[] {
  if (source !== 'aws.social-messaging' && source !== 'aws.sns') return [];
  const entry = EntrySchema.safeParse(detail).data;
  if (entry) {
    const webhook = { entry: [parseJson(entry.whatsAppWebhookEntry)] };
    return readWebhook(webhook, now).flatMap((event) => underBothIds(event, entry.messageId));
  }
  const status = source === 'aws.social-messaging' && DetailSchema.safeParse(detail).data;
  return status ? readDetail(status, detailType, now) : [];
}

function readDetail(detail: z.infer<typeof DetailSchema>, detailType: string, now: number): ProviderEvent[] {
  const status = detailType === 'WhatsApp Message Undeliverable' ? 'failed' : detail.status;
  const { messageId: id, eventTimestamp: timestamp, errors } = detail;
  const event = readStatus(StatusSchema.parse({ id, status, timestamp, errors }), now);
  return event ? [event] : [];
}

/**
 * A report without our correlation is known by the id that `SendWhatsAppMessage` answered with. AWS's pages disagree
 * whether that is AWS's own or Meta's, so the report comes under both; one of them names no message.
 */
const underBothIds = (event: ProviderEvent, messageId: string | undefined): ProviderEvent[] =>
  event.kind === 'delivery' && !event.correlation && messageId && messageId !== event.providerId
    ? [event, { ...event, providerId: messageId }]
    : [event];
