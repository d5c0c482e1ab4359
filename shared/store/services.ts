import { type Service, ServiceSchema, type Webhook, WebhookSchema } from '../contracts/configuration.ts';
import { absent } from './expression.ts';
import { organizationPk, SERVICE_PREFIX, serviceKey, servicePointerKey } from './keys.ts';
import { queryAll } from './query-all.ts';
import { receiverActions } from './receivers.ts';
import { deleteAction, type Item, putAction, type Table, transact } from './table.ts';
import { unchangedSince } from './versions.ts';

type AnyService = Service | Webhook;

const carrierOf = (service: AnyService | undefined): Service | undefined =>
  service === undefined || service.type === 'webhook' ? undefined : service;
const itemOf = (service: AnyService): Item => ({ ...serviceKey(service.organization, service.id), ...service });

/** An organization's services. Consistent. */
export async function listServices(table: Table, organization: string): Promise<AnyService[]> {
  const items = await queryAll(table, {
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':pk': organizationPk(organization), ':prefix': SERVICE_PREFIX },
    ConsistentRead: true,
  });
  return items.map(toService);
}

const toService = (item: Item): AnyService => (item.type === 'webhook' ? WebhookSchema : ServiceSchema).parse(item);

/** Stores a new service with what finds it: by its id, and by what it receives at. */
export async function createService(table: Table, service: AnyService): Promise<void> {
  const { done } = await transact(table, [
    putAction(table, itemOf(service), absent('pk')),
    putAction(table, { ...servicePointerKey(service.id), organization: service.organization }, absent('pk')),
    ...receiverActions(table, undefined, carrierOf(service)),
  ]);
  if (!done) throw new Error('There is a service of this new id.');
}

/** Stores a service as it becomes, unless it changed since it was seen. */
export async function replaceService(table: Table, next: AnyService, seen: AnyService): Promise<boolean> {
  const { done } = await transact(table, [
    putAction(table, itemOf(next), ...unchangedSince(seen)),
    ...receiverActions(table, carrierOf(seen), carrierOf(next)),
  ]);
  return done;
}

/** Deletes a service with all that finds it, unless it changed since it was seen. */
export async function deleteService(table: Table, seen: AnyService): Promise<boolean> {
  const { done } = await transact(table, [
    deleteAction(table, serviceKey(seen.organization, seen.id), ...unchangedSince(seen)),
    deleteAction(table, servicePointerKey(seen.id)),
    ...receiverActions(table, carrierOf(seen), undefined),
  ]);
  return done;
}
