import type { ProviderName, QueuedEvent } from '../../shared/providers/provider.ts';
import { findService, type Said } from './find-service.ts';
import { mailIn } from './mail-store.ts';
import { nameMessage } from './name-message.ts';
import type { HookParts } from './parts.ts';
import { type MailParts, receiveMail } from './receive-mail.ts';
import { applyAll } from './serve.ts';

/**
 * What one of AWS's services put on queue `receipts`. Nobody else may, so there is no signature; whose it is follows from
 * what it names. An event that is nobody's is counted and gone: the bus also tells of what others of the account send.
 * Throws our own faults, so that the queue repeats it.
 */
export async function receiveEvent(parts: MailParts, event: QueuedEvent): Promise<void> {
  const mail = mailIn(event);
  if (mail) return receiveMail(parts, mail);
  const said = translate(parts, event);
  if (said.length === 0) parts.observe.count('EventIgnored');
  const failures: unknown[] = [];
  for (const one of said) await apply(parts, one).catch((error: unknown) => failures.push(error));
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, `${failures.length} of ${said.length} reports failed.`);
}

/** Every provider reads it: each knows its own events, and makes nothing of the others'. */
function translate({ providers, clock }: HookParts, event: QueuedEvent): Said[] {
  const names = Object.keys(providers) as ProviderName[];
  return names.flatMap((provider) =>
    (providers[provider]?.parseEvent?.(event, clock.now()) ?? []).map((event) => ({ provider, event })),
  );
}

async function apply(parts: HookParts, { provider, event: said }: Said): Promise<void> {
  const event = said.kind === 'delivery' ? await nameMessage(parts, { provider, event: said }) : said;
  if (!event) return;
  const service = await findService(parts, { provider, event });
  if (service) await applyAll(parts, service, [event]);
  else parts.observe.count('EventIgnored');
}
