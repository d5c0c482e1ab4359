import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { type Organization, OrganizationSchema } from '../contracts/configuration.ts';
import { absent, type Changes, equals, exists } from './expression.ts';
import { descendantKey, descendantPk, type ItemKey, organizationKey } from './keys.ts';
import { queryAll } from './query-all.ts';
import {
  batchGetAll,
  checkAction,
  deleteAction,
  type Item,
  putAction,
  type Table,
  type TransactItem,
  transact,
  updateItem,
} from './table.ts';
import { unchangedSince } from './versions.ts';

/** An organization with its place in the tree. */
export interface StoredOrganization extends Organization {
  readonly path: string;
}

export const toOrganization = (item: Item): StoredOrganization => {
  const organization = OrganizationSchema.parse(item);
  return { ...organization, path: organization.path ?? organization.id };
};

/** The ids on a path that stand above its last one. */
const above = (path: string): string[] => path.split('#').slice(0, -1);

/** What finds an organization below each of those above it. */
export const descendantEntries = ({ id, path }: { id: string; path?: string | undefined }): ItemKey[] =>
  above(path ?? id).map((ancestor) => descendantKey(ancestor, path ?? id));

/** As it is now, one that is being deleted too; undefined when there is none. Consistent. */
export async function getOrganization(table: Table, id: string): Promise<StoredOrganization | undefined> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: { ...organizationKey(id) }, ConsistentRead: true }),
  );
  return Item && toOrganization(Item);
}

/** Those that exist. Consistent. */
export async function getOrganizations(table: Table, ids: readonly string[]): Promise<StoredOrganization[]> {
  const items = await batchGetAll(table, ids.map(organizationKey), true);
  return items.map(toOrganization).filter(({ closedAt }) => closedAt === undefined);
}

/** The paths of all organizations below one. Consistent. */
export async function listDescendants(table: Table, ancestor: string): Promise<string[]> {
  const entries = await queryAll(table, {
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': descendantPk(ancestor) },
    ConsistentRead: true,
  });
  return entries.map(({ sk }) => String(sk));
}

/** Part of a transaction: an organization is there, and is not being deleted. */
export const demandOpen = (table: Table, organization: string): TransactItem =>
  checkAction(table, organizationKey(organization), exists('pk'), absent('closedAt'));

/** Stores a new organization below its parent, where it has one; false when that is gone. */
export async function createOrganization(table: Table, organization: StoredOrganization): Promise<boolean> {
  const { done } = await transact(table, [
    putAction(table, { ...organizationKey(organization.id), ...organization }, absent('pk')),
    ...descendantEntries(organization).map((entry) => putAction(table, { ...entry })),
    ...(organization.parent === undefined ? [] : [demandOpen(table, organization.parent)]),
  ]);
  return done;
}

/** The organization as it became; undefined when it changed since it was seen. */
export async function updateOrganization(
  table: Table,
  seen: StoredOrganization,
  changes: Changes,
): Promise<StoredOrganization | undefined> {
  const outcome = await updateItem(
    table,
    organizationKey(seen.id),
    changes,
    ...unchangedSince(seen),
    absent('closedAt'),
  );
  return outcome.done ? toOrganization(outcome.item) : undefined;
}

/**
 * Nothing is made in it from then on, and nobody finds it: until whoever closed it last opens or erases it. False when
 * somebody else closed or opened it meanwhile.
 */
export async function closeOrganization(table: Table, seen: StoredOrganization, closedAt: number): Promise<boolean> {
  const asSeen = seen.closedAt === undefined ? absent('closedAt') : equals('closedAt', seen.closedAt);
  return (await updateItem(table, organizationKey(seen.id), { set: { closedAt } }, exists('pk'), asSeen)).done;
}

/** Undoes closing, unless somebody closed it after that. */
export async function reopenOrganization(table: Table, id: string, closedAt: number): Promise<void> {
  await updateItem(table, organizationKey(id), { remove: ['closedAt'] }, equals('closedAt', closedAt));
}

/** Deletes an organization that was closed, with what finds it, unless somebody closed it after that: it is theirs. */
export async function eraseOrganization(table: Table, seen: StoredOrganization, closedAt: number): Promise<void> {
  await transact(table, [
    deleteAction(table, organizationKey(seen.id), equals('closedAt', closedAt)),
    ...descendantEntries(seen).map((entry) => deleteAction(table, entry)),
  ]);
}
