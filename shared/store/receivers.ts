import { createHash } from 'node:crypto';
import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Service } from '../contracts/configuration.ts';
import { namesReceiving, receivingNames } from '../domain/receiving-address.ts';
import type { ServiceType } from '../domain/services.ts';
import { receiverKey, receiverPk } from './keys.ts';
import type { Table } from './table.ts';

/** Not secret, and known to who stores services without the pepper. */
const digestOf = (name: string): string => createHash('sha256').update(name).digest('base64url');

const takes = (service: Service, name: string): boolean =>
  service.status === 'active' && receivingNames(service).includes(name);

/** Notes under which addresses, domains and numbers a service is written to. What it had before stays noted. */
export async function putReceivers(table: Table, service: Service): Promise<void> {
  for (const name of receivingNames(service)) {
    const Item = { ...receiverKey(digestOf(name), service.id), organization: service.organization };
    await table.client.send(new PutCommand({ TableName: table.name, Item }));
  }
}

/** A service as it is now, and whether it takes the whole address or any of its domain. */
export interface Receiver {
  readonly service: Service;
  readonly exact: boolean;
}

/**
 * The active services that receive mail for an address, in its one form for all ways of writing it. `serviceOf` reads a
 * service by its id: what is noted of one whose params have changed since does not count.
 */
export async function findReceivers(
  table: Table,
  mailbox: string,
  serviceOf: (id: string) => Promise<Service | undefined>,
): Promise<Receiver[]> {
  const found: Receiver[] = [];
  for (const name of namesReceiving(mailbox)) {
    for (const id of await listNoted(table, name)) {
      const service = await serviceOf(id);
      if (service?.type !== 'ses' || !takes(service, name)) continue;
      if (!found.some((known) => known.service.id === id)) found.push({ service, exact: name === mailbox });
    }
  }
  return found;
}

/** The active service of a type that is written to under a number, or an id of a number. Undefined: there is none. */
export async function findNumber(
  table: Table,
  { type, number }: { type: ServiceType; number: string },
  serviceOf: (id: string) => Promise<Service | undefined>,
): Promise<Service | undefined> {
  for (const id of await listNoted(table, number)) {
    const service = await serviceOf(id);
    if (service?.type === type && takes(service, number)) return service;
  }
  return undefined;
}

async function listNoted(table: Table, name: string): Promise<string[]> {
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': receiverPk(digestOf(name)) },
    }),
  );
  return Items.map(({ sk }) => String(sk));
}
