import type { DeliveryError, Message, Receipt, ReceiptStatus } from './message.ts';
import { mergeReceipt } from './receipts.ts';

/** What a provider reports of one attempt at a message. */
export interface Report {
  readonly attempt: number;
  readonly status: ReceiptStatus;
  readonly at: number;
  readonly error?: DeliveryError;
}

export interface Judgement {
  readonly state?: 'sent' | 'failed';
  readonly error?: DeliveryError;
  readonly receipt: Receipt;
}

const isFailure = ({ status }: Report): boolean => status === 'failed' || status === 'expired';

/** The message's own state is still open to evidence: an attempt was made, and nothing final is known. */
const isOpen = ({ state, attempt }: Message): boolean =>
  state === 'sending' || state === 'unknown' || (state === 'pending' && attempt > 0);

/**
 * What a report makes of a message; undefined when it says nothing new. That an attempt arrived counts whichever it
 * was; that it failed counts for the attempt under way only. Once the message is sent, reports move its receipt alone.
 */
export function judge(message: Message, report: Report): Judgement | undefined {
  if (isFailure(report) && report.attempt !== message.attempt) return undefined;
  const receipt = mergeReceipt(message.receipt, { status: report.status, at: report.at });
  const news = receipt !== message.receipt;
  if (!isOpen(message) && !news) return undefined;
  const state = isFailure(report) ? 'failed' : 'sent';
  return {
    ...(isOpen(message) && { state }),
    receipt,
    ...(isFailure(report) && { error: report.error ?? undelivered(report) }),
  };
}

const undelivered = ({ status }: Report): DeliveryError => ({
  code: status,
  class: 'permanent',
  message: 'The provider reports that the message was not delivered.',
});
