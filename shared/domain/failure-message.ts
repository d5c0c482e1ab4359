import type { DeliveryError, Message } from './message.ts';

/** A message that did not reach the contact, with the reason. */
export type Failed = Message & { readonly error: DeliveryError };

/** Failed in its turn, or reported as failed after it was sent. */
export const isFailed = (message: Message): message is Failed =>
  message.error !== undefined &&
  (message.state === 'failed' ||
    (message.state === 'sent' && (message.receipt?.status === 'failed' || message.receipt?.status === 'expired')));

/** What the conversation's stream says of a failure (contract section 12): for agents only, never in anybody's turn. */
export const failureMessage = (failed: Failed, as: { id: string; key: string; now: number }): Message => ({
  id: as.id,
  conversation: failed.conversation,
  organization: failed.organization,
  key: as.key,
  due: failed.due,
  seq: failed.seq,
  type: 'status',
  role: 'bot',
  isBackchannel: true,
  text: `${failed.touchpoint ? `The message by ${failed.touchpoint}` : 'The message'} failed: ${failed.error.message}`,
  meta: { message: failed.id, code: failed.error.code },
  createdAt: as.now,
  updatedAt: as.now,
  state: 'done',
  attempt: 0,
  expiresAt: as.now,
});
