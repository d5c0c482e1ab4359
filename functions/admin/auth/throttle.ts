import { RequestError } from '../../../shared/domain/errors.ts';
import { type AttemptLimit, countAttempt, forgetAttempts } from '../../../shared/store/attempts.ts';
import { digest } from '../../../shared/store/digest.ts';
import type { AdminParts } from '../parts.ts';

/** Ten guesses in a quarter of an hour: a person who mistypes is never held up, and a million codes take years. */
const LIMIT: AttemptLimit = { attempts: 10, windowMs: 15 * 60_000 };

/**
 * Runs a proof of `claim` unless there were too many that failed: one that answers undefined, or throws. Success forgets
 * those before it. Throws 429, and then nothing was proved or looked up.
 */
export async function throttled<T>(
  { table, pepper, clock }: Pick<AdminParts, 'table' | 'pepper' | 'clock'>,
  claim: string,
  prove: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const key = digest(await pepper(), `attempts:${claim}`);
  const exceeded = await countAttempt(table, key, LIMIT, clock.now());
  if (exceeded) throw tooMany(exceeded.waitMs);
  const proved = await prove();
  if (proved !== undefined) await forgetAttempts(table, key);
  return proved;
}

const tooMany = (waitMs: number): RequestError =>
  new RequestError('rate_exceeded', 'Too many failed attempts. Try again after Retry-After.', [], {
    'retry-after': String(Math.ceil(waitMs / 1000)),
  });
