import * as z from 'zod';
import { parseCorrelationFields } from '../correlation.ts';
import { rejectionOf } from '../error-table.ts';
import type { ConsentEvent, DeliveryEvent, DeliveryStatus, ProviderEvent } from '../provider.ts';
import { SUNSHINE_ERRORS } from './errors.ts';
import { MessageSchema, readMessage } from './read-message.ts';
import { telephoneOf, touchpointOf } from './source.ts';

const EventSchema = z.object({
  type: z.string(),
  createdAt: z.string().optional().catch(undefined),
  payload: z.unknown().optional(),
});

/** Trigger → status. `conversation:read` is not here: it names no message, and none may be taken for it. */
const DELIVERIES: ReadonlyMap<string, DeliveryStatus> = new Map([
  ['conversation:message:delivery:channel', 'sent'],
  ['conversation:message:delivery:user', 'delivered'],
  ['conversation:message:delivery:failure', 'failed'],
]);
const CONSENT: ReadonlyMap<string, ConsentEvent['change']> = new Map([
  ['blocked', 'stop'],
  ['unblocked', 'start'],
]);

const DeliverySchema = z.object({
  message: z.object({ id: z.string().min(1), metadata: z.unknown().optional() }),
  error: z.object({ code: z.coerce.string().optional(), message: z.string().optional() }).optional().catch(undefined),
});
const ClientUpdateSchema = z.object({
  reason: z.string(),
  client: z.object({ type: z.string(), externalId: z.string() }),
});

/** One event of a webhook; nothing for one that we do not know. */
export function readEvent(raw: unknown, now: number): readonly ProviderEvent[] {
  const event = EventSchema.safeParse(raw).data;
  if (!event) return [];
  const read = translate(event.type, event.payload, now);
  const at = Date.parse(event.createdAt ?? '');
  return read ? [{ ...(Number.isFinite(at) && { at }), ...read }] : [];
}

type Timed = Exclude<ProviderEvent, { kind: 'template' }>;

function translate(type: string, payload: unknown, now: number): Timed | undefined {
  const status = DELIVERIES.get(type);
  if (status) return readDelivery(status, payload, now);
  if (type === 'client:update') return readConsent(payload);
  return type === 'conversation:message' ? readMessage(MessageSchema.safeParse(payload).data?.message) : undefined;
}

function readDelivery(status: DeliveryStatus, payload: unknown, now: number): DeliveryEvent | undefined {
  const delivery = DeliverySchema.safeParse(payload).data;
  if (!delivery) return undefined;
  const correlation = parseCorrelationFields(delivery.message.metadata);
  return {
    kind: 'delivery',
    providerId: delivery.message.id,
    status,
    ...(correlation && { correlation }),
    ...(status === 'failed' && { error: readError(delivery.error, now) }),
  };
}

function readError(error: { code?: string; message?: string } | undefined, now: number): DeliveryEvent['error'] {
  const code = error?.code || 'failed';
  const message = error?.message ?? 'Sunshine reports that the message was not delivered.';
  const { class: failure, scope } = rejectionOf(SUNSHINE_ERRORS, { code, message }, now);
  return { code, message, class: failure, scope };
}

function readConsent(payload: unknown): ConsentEvent | undefined {
  const update = ClientUpdateSchema.safeParse(payload).data;
  const change = CONSENT.get(update?.reason ?? '');
  const touchpoint = touchpointOf(update?.client.type);
  const address = telephoneOf(update?.client.externalId);
  if (!update || !change || !touchpoint || !address) return undefined;
  return { kind: 'consent', touchpoint, address, change, reason: update.reason };
}
