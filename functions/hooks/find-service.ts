import type { Service } from '../../shared/contracts/configuration.ts';
import { identifierOf } from '../../shared/domain/identifier.ts';
import type { Message } from '../../shared/domain/message.ts';
import { SERVICE_TOUCHPOINTS } from '../../shared/domain/services.ts';
import type { Correlation, InboundEvent, ProviderEvent, ProviderName } from '../../shared/providers/provider.ts';
import { getMessage } from '../../shared/store/messages.ts';
import { findReceivers } from '../../shared/store/receivers.ts';
import { chooseReceiver } from './choose-receiver.ts';
import type { HookParts } from './parts.ts';

/** What a provider says in an event. */
export interface Said {
  readonly provider: ProviderName;
  readonly event: ProviderEvent;
}

/**
 * The service that an event of our own queue concerns: the one that a contact wrote to; else that of the message which
 * our correlation names, if a service of this provider carried it. Undefined: the event is nobody's.
 */
export async function findService(parts: HookParts, { provider, event }: Said): Promise<Service | undefined> {
  if (event.kind === 'inbound') return receiverOf(parts, provider, event);
  const correlation = correlationOf(event);
  const message = correlation && (await messageOf(parts, correlation));
  if (!message || !carries(provider, message)) return undefined;
  const configuration = await parts.configuration.organization(message.organization);
  const services = configuration?.services.filter(({ type }) => type === provider) ?? [];
  // Not recorded yet while its answer is on its way, or lost.
  return message.service === undefined ? services[0] : services.find(({ id }) => id === message.service);
}

/** The same name may be a number at one provider and something else at another. */
async function receiverOf(
  parts: HookParts,
  provider: ProviderName,
  { to, from, touchpoint }: InboundEvent,
): Promise<Service | undefined> {
  const found = await findReceivers(parts.table, [to], (id) => parts.configuration.service(id));
  const own = found.filter(({ service }) => service.type === provider);
  return chooseReceiver(parts, identifierOf(touchpoint, from), own);
}

const correlationOf = (event: ProviderEvent): Correlation | undefined =>
  event.kind === 'delivery' || event.kind === 'consent' ? event.correlation : undefined;

async function messageOf({ table }: HookParts, correlation: Correlation): Promise<Message | undefined> {
  const message = await getMessage(table, correlation.conversation, correlation.key);
  return message?.id === correlation.message ? message : undefined;
}

const carries = (provider: ProviderName, { touchpoint }: Message): boolean =>
  SERVICE_TOUCHPOINTS[provider].some((carried) => carried === touchpoint);
