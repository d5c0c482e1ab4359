import type { SendOutcome } from '../store/deliveries.ts';

/** The end of a message that must not leave: a code of ours, listed in docs/errors.md, and a sentence. */
export const refuse = (code: string, message: string): Extract<SendOutcome, { state: 'failed' }> => ({
  state: 'failed',
  error: { code, class: 'permanent', message },
});
