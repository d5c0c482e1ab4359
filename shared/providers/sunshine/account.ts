import { refused } from '../error-table.ts';
import type { Rejected, SendRequest } from '../provider.ts';

export interface SunshineAccount {
  /** Of the app: `<base>/v2/apps/<id>`. */
  readonly url: string;
  readonly authorization: string;
  readonly integrationId: string;
  /** What Sunshine calls the channel of the integration. */
  readonly channel: 'twilio' | 'whatsapp';
}

type Configuration = Pick<SendRequest, 'service' | 'secret' | 'touchpoint'>;

const SUBDOMAIN = /^[a-z0-9][a-z0-9-]{0,62}$/i;

/**
 * Where and as whom a service sends. `params`: appId, smsIntegration or whatsappIntegration (ids of integrations of type
 * twilio and whatsapp), subdomain? of Zendesk, without which it is the older api.smooch.io. `secret`: keyId, keySecret,
 * and webhookSecret for callbacks.
 */
export function sunshineAccount(
  { service, secret, touchpoint }: Configuration,
  baseUrl: string | undefined,
): SunshineAccount | Rejected {
  const { appId, subdomain, smsIntegration, whatsappIntegration } = service.params;
  const { keyId, keySecret } = secret;
  if (!appId || !keyId || !keySecret) {
    return refused('no_credentials', 'account', 'The service lacks an appId, or keyId and keySecret.');
  }
  const integrationId = touchpoint === 'whatsapp' ? whatsappIntegration : smsIntegration;
  const base = baseUrl ?? baseOf(subdomain);
  if (!integrationId || !base) {
    return refused('no_sender', 'sender', `The service lacks an integration for ${touchpoint}, or a valid subdomain.`);
  }
  return {
    url: `${base}/v2/apps/${encodeURIComponent(appId)}`,
    authorization: `Basic ${Buffer.from(`${keyId}:${keySecret}`).toString('base64')}`,
    integrationId,
    channel: touchpoint === 'whatsapp' ? 'whatsapp' : 'twilio',
  };
}

function baseOf(subdomain: string | undefined): string | undefined {
  if (!subdomain) return 'https://api.smooch.io';
  return SUBDOMAIN.test(subdomain) ? `https://${subdomain}.zendesk.com/sc` : undefined;
}
