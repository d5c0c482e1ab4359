import type { Correlation, DeliveryEvent, ProviderName } from '../../shared/providers/provider.ts';
import { parkReport, readPointer } from '../../shared/store/pointers.ts';
import type { HookParts } from './parts.ts';

type Named = DeliveryEvent & { readonly correlation: Correlation };

/**
 * The report with the message that it is about: the one it names, or, where the provider repeats nothing of ours, the
 * one its id stands for. Undefined: that is nobody's, or not known yet; then it waits under the id for the send.
 * `organization` is the one whose service it came by, if it came by one.
 */
export async function nameMessage(
  parts: HookParts,
  { provider, event }: { provider: ProviderName; event: DeliveryEvent },
  organization?: string,
): Promise<Named | undefined> {
  const correlation = event.correlation ?? (await pointedBy(parts, { provider, event }, organization));
  return correlation && { ...event, correlation };
}

async function pointedBy(
  { table, clock, observe, providers }: HookParts,
  { provider, event }: { provider: ProviderName; event: DeliveryEvent },
  organization: string | undefined,
): Promise<Correlation | undefined> {
  if (!providers[provider]?.needsPointer) {
    observe.info('A report names no message of ours.', { provider });
    observe.count('EventIgnored');
    return undefined;
  }
  const { providerId: id, status, error } = event;
  const known = await readPointer(table, { provider, id });
  if (known) return known;
  const now = clock.now();
  const report = { ...(organization && { organization }), status, at: event.at ?? now, ...(error && { error }) };
  const pointed = await parkReport(table, { provider, id }, report, now);
  if (!pointed) observe.count('ReceiptParked');
  return pointed;
}
