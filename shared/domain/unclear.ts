import type { DeliveryError } from './message.ts';
import { MAX_ATTEMPTS } from './retry.ts';

/** The end of a message of which nobody can tell whether it was sent. */
export const UNKNOWN_ERROR: DeliveryError = {
  code: 'unknown',
  class: 'ambiguous',
  message: 'The provider did not say whether it took the message, and it is not sent twice.',
};

const EXHAUSTED_ERROR: DeliveryError = {
  code: 'exhausted',
  class: 'permanent',
  message: `The message was not taken in ${MAX_ATTEMPTS} attempts.`,
};

/** What follows an attempt that did not succeed: the next one, or the end when all are used up. */
export const nextAttempt = (
  attempt: number,
  notBefore: number,
  error: DeliveryError | undefined,
):
  | { state: 'pending'; attempt: number; notBefore: number; error?: DeliveryError }
  | { state: 'failed'; error: DeliveryError } =>
  attempt + 1 >= MAX_ATTEMPTS
    ? { state: 'failed', error: EXHAUSTED_ERROR }
    : { state: 'pending', attempt: attempt + 1, notBefore, ...(error && { error }) };
