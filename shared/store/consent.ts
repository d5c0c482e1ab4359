import { DeleteCommand, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Touchpoint } from '../domain/touchpoint.ts';
import { digest } from './digest.ts';
import { optOutKey } from './keys.ts';
import { putItem, type Table } from './table.ts';

/** An address in one organization on one touchpoint; `matchKey` is its normalised form. */
export interface Reach {
  readonly organization: string;
  readonly touchpoint: Touchpoint;
  readonly matchKey: string;
}

const keyOf = (pepper: string, { organization, touchpoint, matchKey }: Reach) =>
  optOutKey(organization, digest(pepper, `address:${matchKey}`), touchpoint);

/** Whether the address wants nothing by this touchpoint. Consistent: an opt-out stored before this read is seen. */
export async function isOptedOut(table: Table, pepper: string, reach: Reach): Promise<boolean> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: keyOf(pepper, reach), ConsistentRead: true }),
  );
  return Item !== undefined;
}

/** Notes that the address wants nothing more by this touchpoint. */
export async function optOut(
  table: Table,
  pepper: string,
  reach: Reach,
  evidence: { at: number; reason: string },
): Promise<void> {
  await putItem(table, { ...keyOf(pepper, reach), ...evidence });
}

/** Takes an opt-out back. */
export async function optIn(table: Table, pepper: string, reach: Reach): Promise<void> {
  await table.client.send(new DeleteCommand({ TableName: table.name, Key: keyOf(pepper, reach) }));
}
