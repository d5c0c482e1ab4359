import { createHash } from 'node:crypto';
import { absent, any, atMost } from './expression.ts';
import { clientGuardKey, type ItemKey, idempotencyKey, TABLE } from './keys.ts';
import { type Item, putAction, type Table, type TransactItem } from './table.ts';

/** Where a message stands. */
export interface MessagePlace {
  readonly id: string;
  readonly key: string;
}

/** What was answered to a request that may come again: enough to answer it the same, not the answer itself. */
export interface IdempotencyRecord {
  readonly fingerprint: string;
  readonly status: number;
  readonly conversation: string;
  readonly messages: readonly MessagePlace[];
}

const LIFETIME_SECONDS = 24 * 3600;

const sha256 = (value: string): string => createHash('sha256').update(value).digest('hex');

/** Of a caller's `Idempotency-Key`, within the organization of their token. */
export const recordKeyOf = (organization: string, key: string): ItemKey => idempotencyKey(organization, sha256(key));

/** What makes two requests the same: route and body, byte by byte. */
export const fingerprintOf = (route: string, body: Buffer): string =>
  createHash('sha256').update(route).update('\0').update(body).digest('hex');

/** The record in an item; none when it is over its time, because the table deletes late. */
export const toRecord = (item: Item | undefined, now: number): IdempotencyRecord | undefined =>
  item && Number(item[TABLE.timeToLive]) * 1000 > now ? (item as unknown as IdempotencyRecord) : undefined;

/** Notes a record, for a day unless told otherwise, where none of the same key stands. */
export const putRecord = (
  table: Table,
  key: ItemKey,
  { record, now, keptSeconds = LIFETIME_SECONDS }: { record: IdempotencyRecord; now: number; keptSeconds?: number },
): TransactItem => {
  const seconds = Math.floor(now / 1000);
  return putAction(
    table,
    { ...key, ...record, [TABLE.timeToLive]: seconds + keptSeconds },
    any(absent('pk'), atMost(TABLE.timeToLive, seconds)),
  );
};

export const guardKeyOf = (conversation: string, clientId: string): ItemKey =>
  clientGuardKey(conversation, sha256(clientId));

/** Notes that a `clientId` is used in its conversation, and by which message. */
export const putGuard = (
  table: Table,
  conversation: string,
  clientId: string,
  { id, key }: MessagePlace,
): TransactItem => putAction(table, { ...guardKeyOf(conversation, clientId), message: id, key }, absent('pk'));

export const toPlace = (guard: Item): MessagePlace => ({ id: String(guard.message), key: String(guard.key) });
