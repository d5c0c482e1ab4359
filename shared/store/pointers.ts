import { createHash } from 'node:crypto';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { receiptPointerKey } from './keys.ts';
import { type Item, type Table, updateItem } from './table.ts';

/** A message as its provider calls it. */
export interface ProviderMessage {
  readonly provider: string;
  readonly id: string;
}

/** As long as providers report: Meta says for up to 30 days that a message was read. */
const POINTER_SECONDS = 30 * 24 * 60 * 60;
/** Longer than a delivery is repeated until it has told the id. */
const PARKED_SECONDS = 24 * 60 * 60;

const PointedSchema = z.object({
  conversation: z.string(),
  key: z.string(),
  attempt: z.number(),
  message: z.string(),
});
/** Which attempt at which message an id stands for. */
export type Pointed = z.infer<typeof PointedSchema>;

const ParkedSchema = z.object({
  /** Whose service it came by; absent where nobody but the provider could say it. */
  organization: z.string().optional(),
  status: z.enum(['accepted', 'sent', 'delivered', 'read', 'failed', 'expired']),
  at: z.number(),
  error: z
    .object({
      code: z.string(),
      message: z.string(),
      class: z.enum(['permanent', 'retryable', 'throttled', 'ambiguous']),
      effect: z.enum(['opt_out', 'marketing_stop', 'suppress', 'needs_template', 'template_off']).optional(),
    })
    .optional(),
});
/** A report that came before anybody knew whose it is. */
export type Parked = z.infer<typeof ParkedSchema>;

const keyOf = ({ provider, id }: ProviderMessage) =>
  receiptPointerKey(provider, createHash('sha256').update(id).digest('base64url'));
const pointedOf = (item: Item | undefined): Pointed | undefined => PointedSchema.optional().parse(item?.pointed);

/** An attribute for each organization and status: repeated reports make no more, and nobody replaces another's. */
const PARKED = 'parked:';
const attributeOf = ({ organization = '', status }: Parked): string => `${PARKED}${organization}:${status}`;
const parkedIn = (item: Item): Parked[] =>
  Object.entries(item).flatMap(([name, value]) => (name.startsWith(PARKED) ? [ParkedSchema.parse(value)] : []));

const secondsAfter = (now: number, seconds: number): number => Math.ceil(now / 1000) + seconds;

/** What the id stands for, as far as is known; not consistent: `parkReport` is. */
export async function readPointer(table: Table, message: ProviderMessage): Promise<Pointed | undefined> {
  const { Item } = await table.client.send(new GetCommand({ TableName: table.name, Key: { ...keyOf(message) } }));
  return pointedOf(Item);
}

/**
 * Keeps a report under the id. Answers what the id stands for, if that was stored before: pointer and reports are one
 * item, so that either this call meets the pointer or `pointTo` meets the report.
 */
export async function parkReport(
  table: Table,
  message: ProviderMessage,
  report: Parked,
  now: number,
): Promise<Pointed | undefined> {
  const fill = { [attributeOf(report)]: report, ttl: secondsAfter(now, PARKED_SECONDS) };
  const outcome = await updateItem(table, keyOf(message), { fill });
  return outcome.done ? pointedOf(outcome.item) : undefined;
}

/** Stores what the id stands for. Answers the reports that came before. Repeating the call does no harm. */
export async function pointTo(
  table: Table,
  message: ProviderMessage,
  pointed: Pointed,
  now: number,
): Promise<readonly Parked[]> {
  const set = { pointed, ttl: secondsAfter(now, POINTER_SECONDS) };
  const outcome = await updateItem(table, keyOf(message), { set });
  return outcome.done ? parkedIn(outcome.item) : [];
}
