import { randomBytes } from 'node:crypto';
import type { Webhook } from '../../../shared/contracts/configuration.ts';
import { WebhookParamsSchema } from '../../../shared/contracts/service-request.ts';
import { invalid } from '../../../shared/domain/errors.ts';
import { parseRequest } from '../../../shared/http/errors.ts';
import { openSecrets, sealSecrets, type WebhookPlace, type WebhookSecrets } from '../../../shared/webhooks/secrets.ts';
import { parseWebhookUrl } from '../../../shared/webhooks/url.ts';
import type { AdminParts } from '../parts.ts';

/** Where a webhook is, what it wants, and what nobody is shown. */
export interface WebhookParams {
  readonly stored: Pick<Webhook, 'url' | 'events' | 'sealed'>;
  readonly secrets: WebhookSecrets;
}

/** What making a webhook works with. */
export type WebhookMaking = Pick<AdminParts, 'pepper'> & {
  readonly webhooks: Pick<AdminParts['webhooks'], 'loopback'>;
};

const SECRET_BYTES = 24;

/**
 * Params as they were given, in place of those of `before`: a secret that is not given stays, and so do user and password
 * while the URL does. Throws 400.
 */
export async function readWebhookParams(
  { pepper, webhooks }: WebhookMaking,
  place: WebhookPlace,
  given: unknown,
  before?: Webhook,
): Promise<WebhookParams> {
  const { url, secret, events } = parseRequest(WebhookParamsSchema, given, 'params');
  const address = parseWebhookUrl(url, webhooks);
  if ('wrong' in address) throw invalid('params.url', address.wrong);
  const known = before && openSecrets(await pepper(), before);
  const authorization = address.authorization ?? (address.url === before?.url ? known?.authorization : undefined);
  const secrets: WebhookSecrets = {
    secret: secret ?? known?.secret ?? randomBytes(SECRET_BYTES).toString('base64url'),
    ...(authorization !== undefined && { authorization }),
  };
  const sealed = sealSecrets(await pepper(), place, secrets);
  return { stored: { url: address.url, ...(events && { events }), sealed }, secrets };
}
