import type { DeliveryError, Message, Receipt } from '../domain/message.ts';
import { absent, equals } from './expression.ts';
import type { Table } from './table.ts';
import { type Transition, transition } from './transition.ts';

const RECEIPTS_KEPT = 10;

/** It was sent, or even arrived: why earlier attempts did not succeed is of no interest any more. */
const outlivesErrors = ({ state, receipt }: { state?: 'sent' | 'failed'; receipt: Receipt }): boolean =>
  state === 'sent' || receipt.status === 'delivered' || receipt.status === 'read';

/**
 * A provider's word about a message, written against the state, attempt and receipt it was judged by.
 */
export const applyEvidence = (
  table: Table,
  seen: Message,
  now: number,
  evidence: {
    state?: 'sent' | 'failed';
    error?: DeliveryError;
    receipt: Receipt;
    providerId?: string;
    carrier?: { service: string; provider: string };
  },
): Promise<Transition> =>
  transition(
    table,
    seen,
    {
      set: {
        state: evidence.state,
        error: evidence.error,
        receipt: evidence.receipt,
        receipts: [...(seen.receipts ?? []), evidence.receipt].slice(-RECEIPTS_KEPT),
        providerId: seen.providerId ?? evidence.providerId,
        ...(seen.provider === undefined && evidence.carrier),
        ...(evidence.state === 'sent' && { sentAt: now }),
        updatedAt: now,
      },
      ...(outlivesErrors(evidence) && { remove: ['error'] }),
    },
    equals('state', seen.state),
    equals('attempt', seen.attempt),
    seen.receipt ? equals('receipt.status', seen.receipt.status) : absent('receipt'),
  );
