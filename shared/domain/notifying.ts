/** How long a webhook is given to take a notification, and how it is tried. Milliseconds; all set by the stage. */
export interface NotifyingTimes {
  /** Before the first repetition; doubled for each one after it. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** Tried for so long, then given up. */
  readonly giveUpMs: number;
  /** Failing for so long without a success, a webhook is disabled. */
  readonly failingMs: number;
}

/** What a receiver answered, or why it did not. */
export type Answered =
  | { readonly kind: 'answer'; readonly status: number; readonly retryAfterMs?: number | undefined }
  | { readonly kind: 'failure'; readonly code: string };

/** Nothing will come of asking again (contract section 12). */
const FINAL: ReadonlySet<number> = new Set([401, 403, 404, 405, 410, 413]);
/** A handler that throws answers so in the reference SDK: worth a few tries. */
const FEW_TRIES: ReadonlySet<number> = new Set([400]);
const FEW = 4;

/** An attempt that came to nothing, and what then. */
export interface Refusal {
  readonly next: 'give-up' | 'repeat';
  readonly code: string;
  readonly delayMs: number;
}

export type Verdict = { readonly next: 'taken' } | Refusal;

/** The attempt, the first being 0. */
interface Attempt {
  readonly attempt: number;
  readonly since: number;
  readonly now: number;
}

/** What follows from an attempt. */
export const judge = (answered: Answered, attempt: Attempt, times: NotifyingTimes, random: () => number): Verdict =>
  answered.kind === 'answer' && answered.status >= 200 && answered.status < 300
    ? { next: 'taken' }
    : judgeRefusal(answered, attempt, times, random);

/** The same where it is known to be none that was taken. */
export function judgeRefusal(
  answered: Answered,
  { attempt, since, now }: Attempt,
  times: NotifyingTimes,
  random: () => number,
): Refusal {
  const code = answered.kind === 'answer' ? String(answered.status) : answered.code;
  const asked = answered.kind === 'answer' ? (answered.retryAfterMs ?? 0) : 0;
  const delayMs = Math.min(times.longestMs, Math.max(asked, backoffMs(attempt, times, random)));
  const isFinal =
    answered.kind === 'answer' &&
    (FINAL.has(answered.status) || (FEW_TRIES.has(answered.status) && attempt + 1 >= FEW));
  const isLate = now + delayMs > since + times.giveUpMs;
  return { next: isFinal || isLate ? 'give-up' : 'repeat', code, delayMs };
}

/** Doubling, with jitter over the upper half. */
const backoffMs = (attempt: number, { firstMs, longestMs }: NotifyingTimes, random: () => number): number => {
  const ceiling = Math.min(longestMs, firstMs * 2 ** attempt);
  return Math.round(ceiling / 2 + (ceiling / 2) * random());
};
