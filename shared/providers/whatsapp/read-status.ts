import { parseCorrelationQuery } from '../correlation.ts';
import { rejectionOf } from '../error-table.ts';
import type { DeliveryEvent, DeliveryStatus } from '../provider.ts';
import { WHATSAPP_ERRORS } from './errors.ts';
import { timeOf } from './time-of.ts';
import type { Status } from './webhook-schema.ts';

/** Meta's word → ours; `played` is `read` of a voice message. */
const STATUSES: ReadonlyMap<string, DeliveryStatus> = new Map([
  ['sent', 'sent'],
  ['delivered', 'delivered'],
  ['read', 'read'],
  ['played', 'read'],
  ['failed', 'failed'],
]);

/** Undefined for a status we do not know. */
export function readStatus(from: Status, now: number): DeliveryEvent | undefined {
  const status = STATUSES.get(from.status);
  if (!status) return undefined;
  const at = timeOf(from.timestamp);
  const correlation = parseCorrelationQuery(from.biz_opaque_callback_data ?? '');
  return {
    kind: 'delivery',
    providerId: from.id,
    status,
    ...(correlation && { correlation }),
    ...(at !== undefined && { at }),
    ...(status === 'failed' && { error: readError(from, now) }),
  };
}

function readError({ errors }: Status, now: number): DeliveryEvent['error'] {
  const [first] = errors ?? [];
  const code = first?.code ?? 'failed';
  const message = first?.error_data?.details ?? first?.message ?? first?.title ?? 'Meta reports failed.';
  const { class: failure, scope, effect } = rejectionOf(WHATSAPP_ERRORS, { code, message }, now);
  return { code, message, class: failure, scope, ...(effect && { effect }) };
}
