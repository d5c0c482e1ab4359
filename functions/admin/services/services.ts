import type * as z from 'zod';
import { reachableOrganization } from '../../../shared/acceptance/reachable-organization.ts';
import { type Caller, reaches } from '../../../shared/auth/caller.ts';
import type { Service, Webhook } from '../../../shared/contracts/configuration.ts';
import type { ChangeService, CreateServiceSchema } from '../../../shared/contracts/service-request.ts';
import { invalid, RequestError } from '../../../shared/domain/errors.ts';
import { findService } from '../../../shared/store/configuration.ts';
import { untilWritten } from '../../../shared/store/contention.ts';
import {
  deleteService as erase,
  listServices,
  replaceService,
  createService as store,
} from '../../../shared/store/services.ts';
import { laterThan } from '../../../shared/store/versions.ts';
import type { AdminParts } from '../parts.ts';
import { changeWebhook } from './change-webhook.ts';
import { demandProviderParams } from './provider-params.ts';
import { readWebhookParams, type WebhookMaking } from './webhook-params.ts';

export interface Shown {
  readonly service: Service | Webhook;
  readonly orgPath: string;
}

/** Each event is told to every one of them. */
const MOST_WEBHOOKS = 20;

/** The services of an organization. Throws 404. */
export async function listOwn(parts: AdminParts, caller: Caller, organization: string): Promise<Shown[]> {
  const orgPath = (await reachableOrganization(parts, caller, organization)).organization.path;
  return (await listServices(parts.table, organization)).map((service) => ({ service, orgPath }));
}

/** A service as it is now. Throws 404, for one that is out of reach too. */
export async function readService(parts: AdminParts, caller: Caller, id: string): Promise<Shown> {
  const service = await findService(parts.table, id);
  const configuration = service && (await parts.configuration.organization(service.organization));
  if (service && configuration && reaches(caller, configuration.organization.path)) {
    return { service, orgPath: configuration.organization.path };
  }
  throw new RequestError('not_found', 'Service not found');
}

/** A new service, and the secret of a new webhook. */
export interface Made extends Shown {
  readonly secret?: string;
}

/** What making a service works with. */
type Making = Pick<AdminParts, 'table' | 'configuration' | 'clock' | 'ids' | 'stage'> & WebhookMaking;

type Draft = Omit<z.output<typeof CreateServiceSchema>, 'organization'>;

/**
 * Makes a service; a webhook is told of nothing until it is verified. Answers the secret of a new webhook too, which
 * nobody is shown again. Throws 400, 403, 404.
 */
export async function createService(parts: Making, caller: Caller, organization: string, draft: Draft): Promise<Made> {
  const orgPath = (await reachableOrganization(parts, caller, organization)).organization.path;
  const now = parts.clock.now();
  const { name, type, params, meta } = draft;
  const common = { id: parts.ids.next(now), organization, name, ...(meta && { meta }), createdAt: now, updatedAt: now };
  if (type !== 'webhook') {
    const checked = demandProviderParams(parts.stage, type, params, { caller, organization, orgPath });
    const service: Service = { ...common, type, status: 'active', params: checked };
    await store(parts.table, service);
    parts.configuration.forget(organization);
    return { service, orgPath };
  }
  await demandRoom(parts, organization);
  const { stored, secrets } = await readWebhookParams(parts, common, params);
  const webhook: Webhook = { ...common, type, status: 'unverified', ...stored };
  await store(parts.table, webhook);
  parts.configuration.forget(organization);
  return { service: webhook, orgPath, secret: secrets.secret };
}

async function demandRoom({ table }: Pick<AdminParts, 'table'>, organization: string): Promise<void> {
  const webhooks = (await listServices(table, organization)).filter(({ type }) => type === 'webhook');
  if (webhooks.length < MOST_WEBHOOKS) return;
  throw invalid('type', `cannot be "webhook": the organization has ${MOST_WEBHOOKS} of them, which is all it may have`);
}

/** Changes a service: the top level is merged, `params` and `meta` are replaced. Throws 400, 403, 404. */
export async function changeService(
  parts: AdminParts,
  caller: Caller,
  id: string,
  changes: ChangeService,
): Promise<Shown> {
  return untilWritten<Shown>(
    async () => {
      const { service: seen, orgPath } = await readService(parts, caller, id);
      const next =
        seen.type === 'webhook'
          ? await changeWebhook(parts, seen, changes)
          : changed(parts, seen, changes, { caller, organization: seen.organization, orgPath });
      const service = { ...next, updatedAt: laterThan(seen, parts.clock.now()) };
      if (!(await replaceService(parts.table, service, seen))) return undefined;
      parts.configuration.forget(seen.organization);
      return { service, orgPath };
    },
    parts.clock,
    parts.random,
    () => parts.observe.count('WriteContended'),
  );
}

function changed(
  { stage }: AdminParts,
  seen: Service,
  { name, status, params, meta }: ChangeService,
  owner: Parameters<typeof demandProviderParams>[3],
): Service {
  return {
    ...seen,
    ...(name !== undefined && { name }),
    ...(status && { status }),
    ...(meta && { meta }),
    params: demandProviderParams(stage, seen.type, params ?? seen.params, owner),
  };
}

/** Deletes a service. What a webhook was not told of is forgotten with it. Throws 403, 404. */
export async function deleteService(parts: AdminParts, caller: Caller, id: string): Promise<void> {
  await untilWritten(
    async () => {
      const { service } = await readService(parts, caller, id);
      if (!(await erase(parts.table, service))) return undefined;
      parts.configuration.forget(service.organization);
      return service;
    },
    parts.clock,
    parts.random,
    () => parts.observe.count('WriteContended'),
  );
}
