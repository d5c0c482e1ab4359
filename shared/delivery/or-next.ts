import type { Message } from '../domain/message.ts';
import { isOfTouchpoint, switchTouchpoint } from '../domain/next-touchpoint.ts';
import type { Rejected } from '../providers/provider.ts';
import type { SendOutcome } from '../store/deliveries.ts';

/** The outcome; or, where it is the end of one touchpoint and another is left, the next attempt by that one. */
export function orNext(message: Message, outcome: SendOutcome, by: Partial<Rejected> = {}): SendOutcome {
  if (outcome.state !== 'failed' || !isOfTouchpoint({ ...by, ...outcome.error })) return outcome;
  const next = switchTouchpoint(message, outcome.error.code);
  if (!next) return outcome;
  const { touchpoint, givenUp } = next;
  return {
    state: 'pending',
    attempt: message.attempt + 1,
    error: outcome.error,
    switched: { ...(touchpoint && { touchpoint }), ...(givenUp && { givenUp }) },
  };
}
