import type { Webhook } from '../../shared/contracts/configuration.ts';
import { fitsPattern } from '../../shared/domain/events.ts';
import type { ConfigurationReader } from '../../shared/store/configuration.ts';
import type { DomainEvent } from './domain-event.ts';

/** Who may want to hear of an event. */
export interface Audience {
  readonly orgPath: string;
  /** The active ones. */
  readonly webhooks: readonly Webhook[];
  /** What goes to the event bus. */
  readonly busPatterns: readonly string[];
}

/** Those of an event's organization and of the ones above it; at most a minute old. */
export async function audienceOf(
  configuration: ConfigurationReader,
  { organization, orgPath: known }: Pick<DomainEvent, 'organization' | 'orgPath'>,
): Promise<Audience> {
  const orgPath = known ?? (await configuration.organization(organization))?.organization.path ?? organization;
  const above = await Promise.all(orgPath.split('#').map((id) => configuration.organization(id)));
  return {
    orgPath,
    webhooks: above.flatMap((found) => found?.webhooks ?? []).filter(({ status }) => status === 'active'),
    busPatterns: above.flatMap((found) => found?.organization.settings.events ?? []),
  };
}

/** Whether anybody would be told of anything. */
export const isAnybody = ({ webhooks, busPatterns }: Audience): boolean =>
  webhooks.length > 0 || busPatterns.length > 0;

/** Whether a webhook wants to be told of an event; one without patterns wants all. */
export const wants = ({ events }: Webhook, event: string): boolean =>
  events === undefined || events.some((pattern) => fitsPattern(pattern, event));
