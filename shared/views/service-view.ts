import type { Service, Webhook } from '../contracts/configuration.ts';
import type { ServiceView } from '../contracts/views/services.ts';

const iso = (moment: number | undefined): string | undefined =>
  moment === undefined ? undefined : new Date(moment).toISOString();

/** The name of a secret is no secret; what it names, and what a webhook has of its own, is never shown. */
const paramsOf = (service: Service | Webhook) =>
  service.type === 'webhook' ? { url: service.url, events: service.events } : service.params;

/** A service as the API shows it (contract section 10). */
export const serviceView = (service: Service | Webhook, orgPath: string): ServiceView => ({
  id: service.id,
  organization: service.organization,
  orgPath,
  name: service.name,
  type: service.type,
  status: service.status,
  reason: service.type === 'webhook' ? service.reason : undefined,
  params: paramsOf(service),
  meta: service.meta,
  createdAt: iso(service.createdAt),
  updatedAt: iso(service.updatedAt),
});
