import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import {
  type Channel,
  ChannelSchema,
  type Organization,
  type Service,
  ServiceSchema,
  type Template,
  TemplateSchema,
  type Webhook,
  WebhookSchema,
} from '../contracts/configuration.ts';
import { createCache, type Forgetful } from '../runtime/cache.ts';
import type { Clock } from '../runtime/clock.ts';
import {
  channelKey,
  channelPointerKey,
  HEAD,
  type ItemKey,
  organizationKey,
  organizationPk,
  serviceKey,
  servicePointerKey,
  TEMPLATE_PREFIX,
} from './keys.ts';
import { descendantEntries, type StoredOrganization, toOrganization } from './organizations.ts';
import { queryAll } from './query-all.ts';
import { putReceivers } from './receivers.ts';
import { batchWrite, type Item, type Table } from './table.ts';

const TTL_MS = 60_000;

/** So old may configuration be, in milliseconds, that something is refused by: what was made just now is in it. */
export const REFUSING_MS = 1_000;

/** Everything an organization is configured with. */
export interface OrganizationConfiguration {
  readonly organization: StoredOrganization;
  /** What carries messages. */
  readonly services: readonly Service[];
  /** What is told of events. */
  readonly webhooks: readonly Webhook[];
  readonly channels: readonly Channel[];
  readonly templates: readonly Template[];
}

export interface ConfigurationReader {
  /** Undefined when there is no such organization. At most a minute old, or `atMostMs`. */
  organization(id: string, atMostMs?: number): Promise<OrganizationConfiguration | undefined>;
  /** Finds a service by its id alone. At most a minute old, and never too old to know it. */
  service(id: string): Promise<Service | undefined>;
}

/** Reads configuration and remembers what exists, until it is told to forget an organization. */
export function createConfigurationReader(table: Table, clock: Clock, ttlMs = TTL_MS): ConfigurationReader & Forgetful {
  const organizations = createCache((id) => readOrganization(table, id), ttlMs, clock);
  const pointers = createCache((id) => readServiceOrganization(table, id), ttlMs, clock);
  return {
    organization: (id, atMostMs) => organizations.get(id, atMostMs),
    async service(id) {
      const organization = await pointers.get(id);
      if (organization === undefined) return undefined;
      const among = (configuration?: OrganizationConfiguration) =>
        configuration?.services.find((service) => service.id === id);
      return among(await organizations.get(organization)) ?? among(await organizations.get(organization, REFUSING_MS));
    },
    forget: (organization) => organizations.forget(organization),
  };
}

async function readOrganization(table: Table, id: string): Promise<OrganizationConfiguration | undefined> {
  const items = await queryAll(table, {
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': organizationPk(id) },
  });
  const head = items.find((item) => item.sk === HEAD);
  if (!head) return undefined;
  const organization = toOrganization(head);
  if (organization.closedAt !== undefined) return undefined;
  const kind = (prefix: string) => items.filter((item) => String(item.sk).startsWith(prefix));
  const services = kind('S#');
  return {
    organization,
    services: services.filter((item) => !isWebhook(item)).map((item) => ServiceSchema.parse(item)),
    webhooks: services.filter(isWebhook).map((item) => WebhookSchema.parse(item)),
    channels: kind('H#').map((item) => ChannelSchema.parse(item)),
    templates: kind(TEMPLATE_PREFIX).map((item) => TemplateSchema.parse(item)),
  };
}

const isWebhook = ({ type }: Item): boolean => type === 'webhook';

async function readServiceOrganization(table: Table, service: string): Promise<string | undefined> {
  const { Item } = await table.client.send(new GetCommand({ TableName: table.name, Key: servicePointerKey(service) }));
  return typeof Item?.organization === 'string' ? Item.organization : undefined;
}

const getItem = async (table: Table, Key: ItemKey): Promise<Item | undefined> =>
  (await table.client.send(new GetCommand({ TableName: table.name, Key: { ...Key }, ConsistentRead: true }))).Item;

/** As it is now; undefined when there is none. Consistent. */
export async function getService(
  table: Table,
  organization: string,
  id: string,
): Promise<Service | Webhook | undefined> {
  const item = await getItem(table, serviceKey(organization, id));
  return item && (isWebhook(item) ? WebhookSchema : ServiceSchema).parse(item);
}

/** By its id alone, as it is now; undefined when there is none. Consistent. */
export async function findService(table: Table, id: string): Promise<Service | Webhook | undefined> {
  const pointer = await getItem(table, servicePointerKey(id));
  return typeof pointer?.organization === 'string' ? getService(table, pointer.organization, id) : undefined;
}

const put = async (table: Table, item: Item): Promise<void> => {
  await table.client.send(new PutCommand({ TableName: table.name, Item: item }));
};

/** Stores an organization, and what finds it below those above it. */
export async function putOrganization(table: Table, organization: Organization): Promise<void> {
  await put(table, { ...organizationKey(organization.id), ...organization });
  await batchWrite(
    table,
    descendantEntries(organization).map((Item) => ({ PutRequest: { Item: { ...Item } } })),
  );
}

/** Stores a channel, and the pointer that finds it by its id. */
export async function putChannel(table: Table, channel: Channel): Promise<void> {
  await put(table, { ...channelKey(channel.organization, channel.id), ...channel });
  await put(table, { ...channelPointerKey(channel.id), organization: channel.organization });
}

/** Stores a service, the pointer that finds it by its id, and those that find it by what it receives mail for. */
export async function putService(table: Table, service: Service): Promise<void> {
  await put(table, { ...serviceKey(service.organization, service.id), ...service });
  await put(table, { ...servicePointerKey(service.id), organization: service.organization });
  await putReceivers(table, service);
}
