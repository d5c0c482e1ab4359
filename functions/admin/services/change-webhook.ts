import type { Webhook } from '../../../shared/contracts/configuration.ts';
import type { ChangeService } from '../../../shared/contracts/service-request.ts';
import { RequestError } from '../../../shared/domain/errors.ts';
import { noteSuccess } from '../../../shared/store/webhook-health.ts';
import { answersChallenge } from '../../../shared/webhooks/handshake.ts';
import { openSecrets } from '../../../shared/webhooks/secrets.ts';
import type { AdminParts } from '../parts.ts';
import { readWebhookParams, type WebhookParams } from './webhook-params.ts';

/**
 * A webhook as it becomes. A new URL, or being made active, asks for the challenge (contract section 9); what failed
 * before it was answered does not count any more. Throws 400, and 403 for one that does not answer it.
 */
export async function changeWebhook(
  parts: AdminParts,
  seen: Webhook,
  { name, status, params, meta }: ChangeService,
): Promise<Webhook> {
  const { stored, secrets } = params
    ? await readWebhookParams(parts, seen, params, seen)
    : { stored: seen, secrets: openSecrets(await parts.pepper(), seen) };
  const isMoved = stored.url !== seen.url;
  const isVerified = status === 'active' || (isMoved && status !== 'disabled');
  if (isVerified) await demandVerified(parts, { stored, secrets });
  if (isVerified) await noteSuccess(parts.table, seen.id);
  const { events: _events, reason, ...kept } = seen;
  return {
    ...kept,
    ...(reason && !status && !isVerified && { reason }),
    ...(name !== undefined && { name }),
    ...(meta && { meta }),
    url: stored.url,
    sealed: stored.sealed,
    ...(stored.events && { events: stored.events }),
    status: isVerified ? 'active' : (status ?? seen.status),
  };
}

async function demandVerified({ webhooks }: AdminParts, { stored, secrets }: WebhookParams): Promise<void> {
  const to = { url: stored.url, authorization: secrets.authorization };
  if (await answersChallenge(webhooks.requester, to)) return;
  throw new RequestError(
    'webhook_unverified',
    'What is at params.url does not answer the challenge: GET with type=subscribe and challenge must be answered with the challenge.',
    [{ path: 'params.url', message: 'does not answer the challenge' }],
  );
}
