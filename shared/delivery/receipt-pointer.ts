import type { Message } from '../domain/message.ts';
import type { DeliveryEvent, SendResult } from '../providers/provider.ts';
import { listParkedReports, putReceiptPointer } from '../store/receipt-pointers.ts';
import { applyReport } from './apply-report.ts';
import { noteEffect } from './note-effect.ts';
import type { DeliveryParts } from './parts.ts';
import type { Prepared } from './prepare.ts';

/** The id under which the provider will report, where its reports carry nothing of ours. */
const idOf = ({ provider }: Prepared, result: SendResult) =>
  provider.needsPointer && result.outcome === 'accepted'
    ? { provider: provider.name, providerId: result.providerId }
    : undefined;

/**
 * Before the record, so that a report finds its message even if this function ends here. Never throws: the message was
 * sent, and that must be recorded.
 */
export async function pointAt(parts: DeliveryParts, prepared: Prepared, result: SendResult): Promise<void> {
  const at = idOf(prepared, result);
  if (!at) return;
  const { correlation } = prepared.request;
  await putReceiptPointer(parts.table, at, correlation, parts.clock.now()).catch((error: unknown) => {
    parts.observe.error('Reports on a message will not find it.', error, { message: correlation.message });
    parts.observe.count('ReceiptPointerLost', 1, parts.touchpoint);
  });
}

/** After the record: what was reported before the pointer was there. Answers the message if anything was. */
export async function applyParked(
  parts: DeliveryParts,
  prepared: Prepared,
  result: SendResult,
): Promise<Message | undefined> {
  const at = idOf(prepared, result);
  if (!at) return undefined;
  const { correlation } = prepared.request;
  let message: Message | undefined;
  for (const report of (await listParkedReports(parts.table, at)) as DeliveryEvent[]) {
    if (report.error) await noteEffect(parts, prepared.reach, { ...report.error, about: correlation.message });
    message = (await applyReport(parts, prepared.service, { ...report, correlation })).message ?? message;
  }
  return message;
}
