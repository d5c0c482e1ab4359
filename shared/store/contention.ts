import type { Clock } from '../runtime/clock.ts';
import { isContention } from './table.ts';

const TRIES = 8;
/** One race lost on a slow table is no crowd. */
const FEWEST_TRIES = 3;
const PATIENCE_MS = 3_000;
const LONGEST_WAIT_MS = 400;

/** Others kept getting in the way for as long as a caller can be made to wait. */
export class StillContendedError extends Error {
  constructor() {
    super('The write met others again and again.');
    this.name = 'StillContendedError';
  }
}

/**
 * Repeats a write that met others, with full jitter, up to 8 times within 3 s. `work` answers undefined to be repeated
 * from fresh reads, the first time at once. Throws StillContendedError when it gives up.
 */
export async function untilWritten<T>(
  work: (attempt: number) => Promise<T | undefined>,
  clock: Clock,
  random: () => number,
  onContention: () => void,
): Promise<T> {
  const start = clock.now();
  for (let attempt = 0; attempt < FEWEST_TRIES || (attempt < TRIES && clock.now() - start < PATIENCE_MS); attempt++) {
    try {
      const result = await work(attempt);
      if (result !== undefined) return result;
      if (attempt === 0) continue;
    } catch (error) {
      if (!isContention(error)) throw error;
      onContention();
    }
    await clock.sleep(random() * Math.min(LONGEST_WAIT_MS, 25 * 2 ** attempt));
  }
  throw new StillContendedError();
}
