import * as z from 'zod';
import { parseCorrelationFields } from '../correlation.ts';
import { rejectionOf } from '../error-table.ts';
import type { DeliveryEvent, DeliveryStatus, InboundEvent, ProviderEvent, QueuedEvent } from '../provider.ts';
import { AWS_SMS_ERRORS } from './errors.ts';

/**
 * AWS's word → ours. `SUCCESSFUL` says that the carrier took it, not the contact. `UNKNOWN`, after 72 hours without
 * news, says nothing and is left out.
 */
const STATUSES: ReadonlyMap<string, DeliveryStatus> = new Map([
  ['QUEUED', 'accepted'],
  ['PENDING', 'accepted'],
  ['SENT', 'sent'],
  ['SUCCESSFUL', 'sent'],
  ['DELIVERED', 'delivered'],
  ['TTL_EXPIRED', 'expired'],
  ['UNREACHABLE', 'failed'],
  ['CARRIER_UNREACHABLE', 'failed'],
  ['INVALID', 'failed'],
  ['INVALID_MESSAGE', 'failed'],
  ['BLOCKED', 'failed'],
  ['CARRIER_BLOCKED', 'failed'],
  ['PROTECT_BLOCKED', 'failed'],
  ['SPAM', 'failed'],
]);

const StatusSchema = z.object({
  eventType: z.string().startsWith('TEXT_'),
  messageId: z.string().min(1),
  messageStatus: z.string().optional().catch(undefined),
  messageStatusDescription: z.string().optional().catch(undefined),
  eventTimestamp: z.coerce.number().int().positive().optional().catch(undefined),
  context: z.unknown().optional(),
});
type Status = z.infer<typeof StatusSchema>;

const InboundSchema = z.object({
  originationNumber: z.string().regex(/^\+\d{5,15}$/),
  destinationNumber: z.string().min(1),
  messageBody: z.string().default(''),
  inboundMessageId: z.string().min(1),
});

const SOURCES: ReadonlySet<string> = new Set(['aws.sms-voice', 'aws.sns']);

/**
 * A delivery event, which AWS puts on the default event bus and on the topic of a configuration set alike; or a reply,
 * from the topic of a number with two-way messaging. Source: docs.aws.amazon.com/sms-voice, "Monitoring with
 * EventBridge", "Example event data", "Two-way SMS message payload".
 */
export function readSmsEvent({ source, detail }: QueuedEvent, now: number): readonly ProviderEvent[] {
  if (!SOURCES.has(source)) return [];
  const status = StatusSchema.safeParse(detail).data;
  const event = status ? readStatus(status, now) : readInbound(detail);
  return event ? [event] : [];
}

function readStatus(from: Status, now: number): DeliveryEvent | undefined {
  const word = from.messageStatus ?? from.eventType.replace('TEXT_', '');
  const status = STATUSES.get(word);
  if (!status) return undefined;
  const correlation = parseCorrelationFields(from.context);
  return {
    kind: 'delivery',
    providerId: from.messageId,
    status,
    ...(correlation && { correlation }),
    ...(from.eventTimestamp !== undefined && { at: from.eventTimestamp }),
    ...((status === 'failed' || status === 'expired') && { error: readError(word, from, now) }),
  };
}

function readError(code: string, from: Status, now: number): DeliveryEvent['error'] {
  const message = from.messageStatusDescription ?? `AWS reports ${code}.`;
  const { class: failure, scope, effect } = rejectionOf(AWS_SMS_ERRORS, { code, message }, now);
  return { code, message, class: failure, scope, ...(effect && { effect }) };
}

function readInbound(detail: unknown): InboundEvent | undefined {
  const reply = InboundSchema.safeParse(detail).data;
  return (
    reply && {
      kind: 'inbound',
      providerId: reply.inboundMessageId,
      touchpoint: 'sms',
      from: reply.originationNumber,
      to: reply.destinationNumber,
      text: reply.messageBody,
      media: [],
    }
  );
}
