import type { Service } from '../../shared/contracts/configuration.ts';
import { identifierOf } from '../../shared/domain/identifier.ts';
import type { ConsentEvent } from '../../shared/providers/provider.ts';
import { changeConsent } from '../../shared/store/consent.ts';
import { identityOf } from '../../shared/store/identities.ts';
import { untilStopped } from './consent.ts';
import type { HookParts } from './parts.ts';

const ENDING: ReadonlySet<ConsentEvent['change']> = new Set(['stop', 'marketing_stop', 'complaint']);

/**
 * What a provider knows of a contact's will, or of an address: stored for the organization of the service that told
 * it. One that ends messages is answered when none that it forbids is on its way any more, as a STOP is.
 */
export async function applyConsentEvent(parts: HookParts, service: Service, event: ConsentEvent): Promise<void> {
  const { touchpoint, change, reason, at, correlation } = event;
  const identifier = identifierOf(touchpoint, event.address);
  if (!identifier) {
    parts.observe.warn('A provider told of the consent of something that is no address.', { service: service.id });
    return;
  }
  const reach = { organization: service.organization, touchpoint, matchKey: identifier.matchKey };
  await changeConsent(parts, reach, {
    kind: change,
    source: reason === 'unsubscribe' ? 'unsubscribe' : 'provider',
    reason,
    ...((correlation || at !== undefined) && { evidence: correlation?.message ?? String(at) }),
    ...(at !== undefined && { at }),
  });
  if (!ENDING.has(change)) return;
  await untilStopped(
    parts,
    identityOf(await parts.pepper(), service.organization, identifier.kind, identifier.matchKey),
  );
}
