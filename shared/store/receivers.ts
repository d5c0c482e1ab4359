import { createHash } from 'node:crypto';
import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Service } from '../contracts/configuration.ts';
import { receivingNames } from '../domain/receiving-address.ts';
import { receiverKey, receiverPk } from './keys.ts';
import { deleteAction, putAction, type Table, type TransactItem } from './table.ts';

/** Not secret, and known to who stores services without the pepper. */
const digestOf = (name: string): string => createHash('sha256').update(name).digest('base64url');

/** Notes at which addresses and domains a service receives. What it received for before stays noted. */
export async function putReceivers(table: Table, service: Service): Promise<void> {
  for (const name of receivingNames(service)) {
    const Item = { ...receiverKey(digestOf(name), service.id), organization: service.organization };
    await table.client.send(new PutCommand({ TableName: table.name, Item }));
  }
}

/** The names that a change of a service adds to where it receives, and those it takes away, as actions. */
export function receiverActions(table: Table, before: Service | undefined, after: Service | undefined): TransactItem[] {
  const old = before ? receivingNames(before) : [];
  const now = after ? receivingNames(after) : [];
  const keyOf = (name: string) => receiverKey(digestOf(name), (after ?? before)?.id ?? '');
  return [
    ...now.map((name) => putAction(table, { ...keyOf(name), organization: after?.organization })),
    ...old.filter((name) => !now.includes(name)).map((name) => deleteAction(table, keyOf(name))),
  ];
}

/** A service as it is now, and whether it takes the address itself or any of its domain. */
export interface Receiver {
  readonly service: Service;
  readonly exact: boolean;
}

/**
 * The active services that receive at an address, by the names that it may be noted under, its own first. `serviceOf`
 * reads a service by its id: what is noted of one whose params have changed since does not count.
 */
export async function findReceivers(
  table: Table,
  names: readonly string[],
  serviceOf: (id: string) => Promise<Service | undefined>,
): Promise<Receiver[]> {
  const found: Receiver[] = [];
  for (const name of names) {
    for (const id of await listNoted(table, name)) {
      const service = await serviceOf(id);
      const takes = service?.status === 'active' && receivingNames(service).includes(name);
      if (service && takes && !found.some((known) => known.service.id === id)) {
        found.push({ service, exact: name === names[0] });
      }
    }
  }
  return found;
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
