import type { Correlation, DeliveryEvent, ProviderName } from '../../shared/providers/provider.ts';
import { findReceiptPointer, parkReport } from '../../shared/store/receipt-pointers.ts';
import type { HookParts } from './parts.ts';

/**
 * Which message a report is about: as our own correlation says, or by the provider's id where its reports carry none.
 * A report that comes before its id is known is kept for the send, which looks for it once it knows. Undefined: nobody's,
 * or the send's.
 */
export async function correlationOf(
  { table, clock, providers }: HookParts,
  provider: ProviderName,
  report: DeliveryEvent,
): Promise<Correlation | undefined> {
  if (report.correlation || !providers[provider]?.needsPointer) return report.correlation;
  const at = { provider, providerId: report.providerId };
  const known = await findReceiptPointer(table, at);
  if (known) return known;
  await parkReport(table, provider, report, clock.now());
  return findReceiptPointer(table, at);
}
