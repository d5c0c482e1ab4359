import { hasFallbackLeft } from '../domain/fallback.ts';
import type { DeliveryError, Message } from '../domain/message.ts';
import { retryDelayMs } from '../domain/retry.ts';
import { nextAttempt } from '../domain/unclear.ts';
import type { Rejected, SendResult } from '../providers/provider.ts';
import type { SendOutcome } from '../store/deliveries.ts';
import { orNext } from './or-next.ts';
import type { DeliveryParts } from './parts.ts';

const errorOf = ({ code, class: failureClass, message }: Rejected): DeliveryError => ({
  code,
  class: failureClass,
  message,
});

/** What a provider's answer makes of a message. */
export function outcomeOf(
  { clock, random, settings }: Pick<DeliveryParts, 'clock' | 'random' | 'settings'>,
  message: Message,
  result: SendResult,
): SendOutcome {
  const now = clock.now();
  if (result.outcome === 'accepted') {
    return { state: 'sent', providerId: result.providerId, receipt: { status: 'accepted', at: now } };
  }
  const error = errorOf(result);
  switch (result.class) {
    case 'permanent':
      return result.effect === 'needs_template' && hasFallbackLeft(message)
        ? withFallback(nextAttempt(message.attempt, now, error))
        : orNext(message, { state: 'failed', error }, result);
    case 'ambiguous':
      return { state: 'unknown', until: now + settings.unknownMs, error };
    case 'retryable':
    case 'throttled':
      return nextAttempt(message.attempt, now + retryDelayMs(message.attempt + 1, random, result.retryAfterMs), error);
  }
}

/** The text certainly did not go: what is tried next is the fallback. */
const withFallback = (next: SendOutcome): SendOutcome =>
  next.state === 'pending' ? { ...next, fallbackUsed: true } : next;
