import * as z from 'zod';
import { parseCorrelationFields } from '../correlation.ts';
import type { DeliveryEvent, InboundEvent } from '../provider.ts';
import { telephoneOf, touchpointOf } from './source.ts';

export const MessageSchema = z.object({
  message: z.object({
    id: z.string().min(1),
    received: z.string().optional().catch(undefined),
    author: z.object({ type: z.string() }),
    content: z.object({
      type: z.string(),
      text: z.string().optional().catch(undefined),
      mediaUrl: z.string().optional().catch(undefined),
    }),
    source: z
      .object({
        type: z.string(),
        integrationId: z.string(),
        client: z.object({ externalId: z.string().nullish(), displayName: z.string().nullish() }),
      })
      .optional()
      .catch(undefined),
    metadata: z.unknown().optional(),
  }),
});
type Message = z.infer<typeof MessageSchema>['message'];

/**
 * What somebody wrote in a conversation: a contact's reply, or a message of our own, which thereby was taken. The
 * contact's number is in the source's client, which only a webhook with `includeFullSource` has.
 */
export const readMessage = (message: Message | undefined): InboundEvent | DeliveryEvent | undefined =>
  message && (message.author.type === 'user' ? readReply(message) : readOwn(message));

function readReply({ id, received, content, source }: Message): InboundEvent | undefined {
  const touchpoint = touchpointOf(source?.type);
  const from = telephoneOf(source?.client.externalId);
  if (!source || !touchpoint || !from) return undefined;
  const { displayName } = source.client;
  const at = Date.parse(received ?? '');
  return {
    kind: 'inbound',
    providerId: id,
    touchpoint,
    from,
    to: source.integrationId,
    text: content.text || `[${content.type}]`,
    media: content.mediaUrl ? [content.mediaUrl] : [],
    ...(Number.isFinite(at) && { at }),
    ...(displayName && !telephoneOf(displayName) && { profileName: displayName }),
  };
}

function readOwn({ id, metadata }: Message): DeliveryEvent | undefined {
  const correlation = parseCorrelationFields(metadata);
  return correlation && { kind: 'delivery', providerId: id, status: 'accepted', correlation };
}
