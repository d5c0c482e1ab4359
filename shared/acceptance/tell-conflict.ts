import type { NotedEvent } from '../store/events.ts';
import { noteEvent } from '../store/events.ts';
import type { Owners } from './choose-contact.ts';
import { contactOf } from './describe-start.ts';
import type { AcceptanceParts } from './parts.ts';

/**
 * Raises `contact.conflict`: a caller gave identifiers of two contacts (contract section 12). What the caller is answered
 * does not depend on it: one that cannot be noted is counted.
 */
export async function tellConflict(
  { table, clock, ids, observe }: AcceptanceParts,
  organization: string,
  about: Pick<NotedEvent['ids'], 'conversation' | 'contact' | 'otherContact'>,
): Promise<void> {
  const now = clock.now();
  try {
    await noteEvent(table, { id: ids.next(now), event: 'contact.conflict', organization, ids: about }, now);
  } catch (error) {
    observe.count('EventLost');
    observe.error('An event was not noted.', error, { organization });
  }
}

/** The same for a request that is refused because of it. */
export async function tellRefusedConflict(parts: AcceptanceParts, organization: string, owners: Owners): Promise<void> {
  const conversation = owners.get('telephone');
  const [contact, otherContact] = await Promise.all([
    contactOf(parts, conversation),
    contactOf(parts, owners.get('email')),
  ]);
  await tellConflict(parts, organization, { conversation, contact, otherContact });
}
