import type { Service } from '../../shared/contracts/configuration.ts';
import type { Message } from '../../shared/domain/message.ts';
import { SERVICE_TOUCHPOINTS } from '../../shared/domain/services.ts';
import type { Correlation, ProviderEvent, ProviderName } from '../../shared/providers/provider.ts';
import { getMessage } from '../../shared/store/messages.ts';
import { findNumber } from '../../shared/store/receivers.ts';
import { correlationOf } from './find-correlation.ts';
import type { HookParts } from './parts.ts';

/** What a provider says in an event. */
export interface Said {
  readonly provider: ProviderName;
  readonly event: ProviderEvent;
}

/**
 * The service that an event of our own queue concerns: the one that a contact wrote to, or that of the message which a
 * report is about, if a service of this provider carried it. Undefined: the event is nobody's.
 */
export async function findService(parts: HookParts, { provider, event }: Said): Promise<Service | undefined> {
  if (event.kind === 'inbound') {
    return findNumber(parts.table, { type: provider, number: event.to }, (id) => parts.configuration.service(id));
  }
  const correlation = await correlationIn(parts, { provider, event });
  const message = correlation && (await messageOf(parts, correlation));
  if (!message || !carries(provider, message)) return undefined;
  const configuration = await parts.configuration.organization(message.organization);
  const services = configuration?.services.filter(({ type }) => type === provider) ?? [];
  // Not recorded yet while its answer is on its way, or lost.
  return message.service === undefined ? services[0] : services.find(({ id }) => id === message.service);
}

const correlationIn = (parts: HookParts, { provider, event }: Said): Promise<Correlation | undefined> | undefined => {
  if (event.kind === 'delivery') return correlationOf(parts, provider, event);
  return event.kind === 'consent' ? Promise.resolve(event.correlation) : undefined;
};

async function messageOf({ table }: HookParts, correlation: Correlation): Promise<Message | undefined> {
  const message = await getMessage(table, correlation.conversation, correlation.key);
  return message?.id === correlation.message ? message : undefined;
}

const carries = (provider: ProviderName, { touchpoint }: Message): boolean =>
  SERVICE_TOUCHPOINTS[provider].some((carried) => carried === touchpoint);
