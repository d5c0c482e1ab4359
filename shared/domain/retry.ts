/** Attempts after which a message that providers keep refusing for now is given up: more than a day has room for. */
export const MAX_ATTEMPTS = 120;

const FIRST_MS = 1_000;
const LONGEST_MS = 15 * 60_000;

/**
 * How long to wait before `attempt` (the first retry is 1): doubling from 1 s to 15 minutes with full jitter over the
 * upper half, never sooner than the provider asked for.
 */
export const retryDelayMs = (attempt: number, random: () => number, askedMs = 0): number => {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, attempt - 1));
  return Math.max(askedMs, Math.round(ceiling / 2 + (ceiling / 2) * random()));
};
