import { createHash } from 'node:crypto';
import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { absent } from './expression.ts';
import { PARKED_PREFIX, parkedReportKey, receiptPointerKey, TABLE } from './keys.ts';
import { putItem, type Table } from './table.ts';

/** A message at its provider. */
export interface AtProvider {
  readonly provider: string;
  readonly providerId: string;
}

/** Longer than any provider reports on a message. */
const POINTS_FOR_SECONDS = 31 * 86_400;
/** Longer than a send takes to record what it got, by far. */
const PARKED_FOR_SECONDS = 3_600;

/** Providers build telephones into some of their ids: keys hold none. */
const nameOf = (providerId: string): string => createHash('sha256').update(providerId).digest('base64url');

const ttl = (now: number, seconds: number) => ({ [TABLE.timeToLive]: Math.ceil(now / 1000) + seconds });

const PointerSchema = z.object({
  conversation: z.string(),
  key: z.string(),
  attempt: z.number(),
  message: z.string(),
});
/** The attempt at a message that an id stands for. */
export type ReceiptPointer = z.infer<typeof PointerSchema>;

/** Notes which message a provider's id stands for, before the message itself is recorded as sent. */
export async function putReceiptPointer(table: Table, at: AtProvider, to: ReceiptPointer, now: number): Promise<void> {
  const key = receiptPointerKey(at.provider, nameOf(at.providerId));
  await putItem(table, { ...key, ...to, ...ttl(now, POINTS_FOR_SECONDS) });
}

/** The message that a provider's id stands for. Undefined: none, or not yet. Consistent. */
export async function findReceiptPointer(table: Table, at: AtProvider): Promise<ReceiptPointer | undefined> {
  const Key = { ...receiptPointerKey(at.provider, nameOf(at.providerId)) };
  const { Item } = await table.client.send(new GetCommand({ TableName: table.name, Key, ConsistentRead: true }));
  return Item && PointerSchema.parse(Item);
}

/** Keeps a report that came before the id it names was known. One of each status. */
export async function parkReport(
  table: Table,
  provider: string,
  report: { readonly providerId: string; readonly status: string },
  now: number,
): Promise<void> {
  const key = parkedReportKey(provider, nameOf(report.providerId), report.status);
  await putItem(table, { ...key, report, ...ttl(now, PARKED_FOR_SECONDS) }, absent('pk'));
}

/** What was reported of an id before it was known, as it was parked. Consistent. */
export async function listParkedReports(table: Table, at: AtProvider): Promise<unknown[]> {
  const { pk } = receiptPointerKey(at.provider, nameOf(at.providerId));
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :parked)',
      ExpressionAttributeValues: { ':pk': pk, ':parked': PARKED_PREFIX },
      ConsistentRead: true,
    }),
  );
  return Items.map(({ report }) => report);
}
