import type { Webhook } from '../../shared/contracts/configuration.ts';
import { fitsPattern } from '../../shared/domain/events.ts';
import type { ConfigurationReader } from '../../shared/store/configuration.ts';
import type { DomainEvent } from './domain-event.ts';

/** The active webhooks of an event's organization and of those above it; at most a minute old. */
export async function webhooksAbove(
  configuration: ConfigurationReader,
  { organization, orgPath }: Pick<DomainEvent, 'organization' | 'orgPath'>,
): Promise<Webhook[]> {
  const path = orgPath ?? (await configuration.organization(organization))?.organization.path ?? organization;
  const above = await Promise.all(path.split('#').map((id) => configuration.organization(id)));
  return above.flatMap((found) => found?.webhooks ?? []).filter(({ status }) => status === 'active');
}

/** Whether a webhook wants to be told of an event; one without patterns wants all. */
export const wants = ({ events }: Webhook, event: string): boolean =>
  events === undefined || events.some((pattern) => fitsPattern(pattern, event));
