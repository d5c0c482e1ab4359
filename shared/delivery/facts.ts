import { addressOf } from '../domain/address.ts';
import { serviceFor } from '../domain/services.ts';
import type { TemplateUse } from '../domain/template-use.ts';
import type { Touchpoint } from '../domain/touchpoint.ts';
import { type ConfigurationReader, type OrganizationConfiguration, REFUSING_MS } from '../store/configuration.ts';
import { readConsent } from '../store/consent.ts';
import { isApproved } from './content/whatsapp.ts';
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
  return {
    touchpoint,
    message,
    conversation,
    address,
    consent,
    ...(await findService(reader, touchpoint, { conversation, message })),
  };
}

/**
 * The service, and the configuration that it is part of: as it is now before a message fails for want of a service or
 * of its template, which may have been made, or approved, after the configuration was read.
 */
async function findService(
  reader: ConfigurationReader,
  touchpoint: Touchpoint,
  { conversation, message }: Pick<Facts, 'conversation' | 'message'>,
): Promise<Pick<Facts, 'configuration' | 'service'>> {
  if (!conversation) return { configuration: undefined, service: undefined };
  const { organization, services } = conversation;
  const by = (configuration: OrganizationConfiguration | undefined) => ({
    configuration,
    service: serviceFor(configuration?.services ?? [], touchpoint, services[touchpoint]),
  });
  const known = by(await reader.organization(organization));
  const isEnough = known.service && templatesOf(message).every((use) => isApproved(use, known.configuration));
  return isEnough ? known : by(await reader.organization(organization, REFUSING_MS));
}

const templatesOf = (message: Facts['message']): TemplateUse[] =>
  [message?.template, message?.fallback?.use].filter((use) => use !== undefined);
