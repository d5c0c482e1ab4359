import { RequestError } from '../domain/errors.ts';
import type { Clock } from '../runtime/clock.ts';
import type { TokenRate } from './caller.ts';

const SECOND_MS = 1_000;
/** Less than the clock tells apart is no wait. */
const CLOCK_STEP_MS = 1;
const REMEMBERED_LIMIT = 10_000;

/**
 * Holds tokens to their rate, in the memory of one environment: several environments together let more through. A token
 * may use a second's worth of requests at once; then each becomes free at its rate. Throws 429 with the whole seconds
 * until the next one in `Retry-After`; what is refused does not count.
 */
export function createRateLimit(clock: Clock): (rate: TokenRate) => void {
  /** By token: the moment at which everything it has used is free again. */
  const usedUntil = new Map<string, number>();

  function forgetUnused(now: number): void {
    if (usedUntil.size < REMEMBERED_LIMIT) return;
    for (const [token, until] of usedUntil) if (until <= now) usedUntil.delete(token);
  }

  return ({ token, perSecond }) => {
    const now = clock.now();
    const intervalMs = SECOND_MS / perSecond;
    const until = Math.max(now, usedUntil.get(token) ?? 0) + intervalMs;
    const waitMs = until - now - Math.max(SECOND_MS, intervalMs);
    if (waitMs >= CLOCK_STEP_MS) throw exceeded(perSecond, waitMs);
    forgetUnused(now);
    usedUntil.set(token, until);
  };
}

const exceeded = (perSecond: number, waitMs: number): RequestError =>
  new RequestError(
    'rate_exceeded',
    `This token may make ${perSecond} requests per second. Nothing was done; try again after Retry-After.`,
    [],
    { 'retry-after': String(Math.ceil(waitMs / SECOND_MS)) },
  );
