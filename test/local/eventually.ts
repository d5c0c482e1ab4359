import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 15;

/**
 * Asks again until the answer is neither undefined, null nor false, and gives it back. Throws after the deadline, with
 * what the question says it waits for.
 */
export async function eventually<T>(
  what: string,
  ask: () => T | Promise<T>,
  deadlineMs = 10_000,
): Promise<Exclude<NonNullable<T>, false>> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer as Exclude<NonNullable<T>, false>;
    if (Date.now() > end) throw new Error(`Waited ${deadlineMs} ms in vain: ${what}.`);
    await delay(POLL_MS);
  }
}
