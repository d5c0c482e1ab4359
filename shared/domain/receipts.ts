import type { Receipt, ReceiptStatus } from './message.ts';

const RANK: Readonly<Record<ReceiptStatus, number>> = {
  queued: 0,
  accepted: 1,
  sent: 2,
  expired: 3,
  failed: 4,
  delivered: 5,
  read: 6,
};

/**
 * The receipt after another one came in. Never falls back: receipts in any order, repeated or not, end the same. A
 * failure ends the row, but for a device that received after all; a delivered message cannot fail.
 */
export const mergeReceipt = (known: Receipt | undefined, next: Receipt): Receipt =>
  known === undefined || RANK[next.status] > RANK[known.status] ? next : known;

const FINAL: ReadonlySet<ReceiptStatus> = new Set(['expired', 'failed', 'delivered', 'read']);

/** Nothing is awaited any more: what may still come is better news. */
export const isFinal = (receipt: Receipt | undefined): boolean => receipt !== undefined && FINAL.has(receipt.status);
