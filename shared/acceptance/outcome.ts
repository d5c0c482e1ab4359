import { type ErrorCode, type ErrorDetail, RequestError } from '../domain/errors.ts';
import type { Observer } from '../runtime/observe.ts';
import { refusalOf } from './refusal.ts';
import type { Started } from './start-conversation.ts';

/** What became of one of many requests. */
export interface Outcome {
  readonly status: 'created' | 'appended' | 'repeated' | 'refused';
  readonly conversation?: string;
  readonly contact?: string;
  /** Ids. */
  readonly messages?: readonly string[];
  /** Another contact, who has one of the identifiers given. */
  readonly conflictingContact?: string;
  readonly error?: { readonly code: ErrorCode; readonly message: string; readonly details: readonly ErrorDetail[] };
}

export const acceptedAs = (started: Started): Outcome => ({
  status: started.replayed ? 'repeated' : started.status === 201 ? 'created' : 'appended',
  conversation: started.conversation.id,
  contact: started.conversation.contact,
  messages: started.messages.map(({ id }) => id),
  ...(started.conflictingContact && { conflictingContact: started.conflictingContact }),
});

const OUR_FAULT = new RequestError(
  'internal_error',
  'Something went wrong on our side. Nothing you sent was wrong; send this again.',
);

/** A fault of our own is logged, and told without its words. */
export function refusedFor(error: unknown, observe: Observer): Outcome {
  const refusal = refusalOf(error);
  if (!refusal) observe.error('One of many requests failed by our own fault.', error);
  const { code, message, details } = refusal ?? OUR_FAULT;
  return { status: 'refused', error: { code, message, details } };
}
