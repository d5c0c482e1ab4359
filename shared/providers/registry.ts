import type { Touchpoint } from '../domain/touchpoint.ts';
import type { Provider, ProviderName } from './provider.ts';
import { createSes } from './ses/ses.ts';
import { createTwilio } from './twilio/twilio.ts';
import { createWhatsapp } from './whatsapp/whatsapp.ts';

export interface ProviderSettings {
  /** Replaces the provider's public address, at home and in tests. Without it SES reads `AWS_ENDPOINT_URL_SES`. */
  readonly baseUrl?: string;
}

/** Every provider there is: a name without an adapter does not compile. Nothing is made before it is asked for. */
export const PROVIDERS: Readonly<Record<ProviderName, (settings?: ProviderSettings) => Provider>> = {
  ses: ({ baseUrl } = {}) => createSes(baseUrl ? { endpoint: baseUrl } : {}),
  twilio: createTwilio,
  whatsapp: createWhatsapp,
};

/** Who carries a touchpoint unless the organization says otherwise: a touchpoint without a provider does not compile. */
export const DEFAULT_PROVIDERS: Readonly<Record<Touchpoint, ProviderName>> = {
  email: 'ses',
  sms: 'twilio',
  whatsapp: 'whatsapp',
};
