import { SENDABLE_MS } from '../domain/message.ts';
import type { Clock } from '../runtime/clock.ts';
import { listBetween } from './message-lists.ts';
import type { Table } from './table.ts';

const STEP_MS = 250;
/** Others may hold what is not due yet by our clock. */
const CLOCK_SKEW_MS = 5_000;

/**
 * Waits until nobody is sending a message of a conversation any more under a claim that was there when this began:
 * what was stored before (an opt-out, a deletion) then holds for everything, because whoever claims later reads it. A
 * claim whose lease is over counts no more. False when one is still held after `withinMs`.
 */
export async function untilQuiet(table: Table, clock: Clock, conversation: string, withinMs: number): Promise<boolean> {
  let awaited: readonly string[] | undefined;
  for (const deadline = clock.now() + withinMs; clock.now() < deadline; await clock.sleep(STEP_MS)) {
    const held = await claimsOn(table, conversation, clock.now());
    awaited = awaited?.filter((claim) => held.includes(claim)) ?? held;
    if (awaited.length === 0) return true;
  }
  return false;
}

/** Who holds a claim on a message of the conversation, by token. */
async function claimsOn(table: Table, conversation: string, now: number): Promise<readonly string[]> {
  const span = { from: now - SENDABLE_MS, to: now + CLOCK_SKEW_MS };
  const messages = await listBetween(table, conversation, span);
  const held = messages.filter(({ state, lease = 0 }) => state === 'sending' && lease > now);
  return held.map(({ key, token }) => `${key} ${token}`);
}
