import { addressOf } from '../domain/address.ts';
import { serviceFor } from '../domain/services.ts';
import type { Touchpoint } from '../domain/touchpoint.ts';
import { readConsent } from '../store/consent.ts';
import type { Facts } from './gate.ts';
import type { DeliveryParts } from './parts.ts';

/** What else there is to know of a message, given its conversation. Consent is read consistently. */
export async function findFacts(
  { table, pepper, configuration: reader }: Pick<DeliveryParts, 'table' | 'pepper' | 'configuration'>,
  touchpoint: Touchpoint,
  { conversation, message }: Pick<Facts, 'conversation' | 'message'>,
): Promise<Omit<Facts, 'now'>> {
  const address = conversation && addressOf(touchpoint, conversation);
  const reach = address && { organization: conversation.organization, touchpoint, matchKey: address.matchKey };
  const consent = reach ? await readConsent(table, await pepper(), reach) : {};
  const configuration = conversation && (await reader.organization(conversation.organization));
  const service = serviceFor(configuration?.services ?? [], touchpoint, conversation?.services[touchpoint]);
  return { touchpoint, message, conversation, address, consent, configuration, service };
}
