import { SENDABLE_MS } from '../domain/message.ts';
import type { Clock } from '../runtime/clock.ts';
import { listBetween } from './messages.ts';
import type { Table } from './table.ts';

const STEP_MS = 250;
/** Others may hold what is not due yet by our clock. */
const CLOCK_SKEW_MS = 5_000;

/**
 * Waits until nobody is sending a message of a conversation: until no claim on one has a lease that is not over. False
 * when somebody still is after `withinMs`. What was stored before (an opt-out, a deletion) then holds for everything.
 */
export async function untilQuiet(table: Table, clock: Clock, conversation: string, withinMs: number): Promise<boolean> {
  for (const deadline = clock.now() + withinMs; clock.now() < deadline; await clock.sleep(STEP_MS)) {
    const now = clock.now();
    const span = { from: now - SENDABLE_MS, to: now + CLOCK_SKEW_MS };
    const messages = await listBetween(table, conversation, span);
    if (!messages.some(({ state, lease = 0 }) => state === 'sending' && lease > now)) return true;
  }
  return false;
}
