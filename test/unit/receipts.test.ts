import { describe, expect, it } from 'vitest';
import type { Receipt, ReceiptStatus } from '../../shared/domain/message.ts';
import { mergeReceipt } from '../../shared/domain/receipts.ts';
import { NOW, permutations } from '../support/builders.ts';

const receipt = (status: ReceiptStatus, at = NOW): Receipt => ({ status, at });
const merged = (receipts: readonly Receipt[]): Receipt | undefined =>
  receipts.reduce<Receipt | undefined>((known, next) => mergeReceipt(known, next), undefined);

const STATUSES: readonly ReceiptStatus[] = ['queued', 'accepted', 'sent', 'expired', 'failed', 'delivered', 'read'];

describe('receipts of a message', () => {
  it.each<[ReceiptStatus[], ReceiptStatus]>([
    [['queued', 'accepted', 'sent', 'delivered', 'read'], 'read'],
    [['accepted', 'sent', 'delivered', 'delivered'], 'delivered'],
    [['accepted', 'sent', 'failed'], 'failed'],
    [['accepted', 'sent', 'expired'], 'expired'],
    [['sent', 'failed', 'delivered'], 'delivered'],
    [['sent', 'failed', 'expired', 'read'], 'read'],
    [['sent', 'delivered', 'sent', 'read', 'failed'], 'read'],
  ])('%j end as %s in any order, repeated or not', (statuses, end) => {
    for (const order of permutations(statuses)) {
      const receipts = order.map((status) => receipt(status));
      expect(merged(receipts)?.status).toBe(end);
      expect(merged([...receipts, ...receipts])?.status).toBe(end);
    }
  });

  it.each(STATUSES.flatMap((known) => STATUSES.map((next) => [known, next] as const)))(
    'after %s, %s never falls back',
    (known, next) => {
      const end = mergeReceipt(receipt(known), receipt(next));
      expect(STATUSES.indexOf(end.status)).toBe(Math.max(STATUSES.indexOf(known), STATUSES.indexOf(next)));
    },
  );

  it('keep the same object, and the first time, when a status is repeated', () => {
    const first = receipt('delivered', NOW);
    expect(mergeReceipt(first, receipt('delivered', NOW + 1_000))).toBe(first);
  });
});
