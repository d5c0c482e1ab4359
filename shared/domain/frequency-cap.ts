import { type Concern, concerns } from './concern.ts';
import type { Message } from './message.ts';

const HOUR_MS = 3600_000;

/** So many messages to one contact in any stretch of so many hours. */
export interface FrequencyCap extends Concern {
  readonly messages: number;
  readonly perHours: number;
}

export const windowMsOf = ({ perHours }: Pick<FrequencyCap, 'perHours'>): number => perHours * HOUR_MS;

/**
 * Until when a message takes up room. One that is just being sent, or may have been, does until that is decided. One
 * that was replaced by its fallback does not: the fallback does.
 */
function countsUntil({ state, sentAt, lease, until, fallbackBy }: Message, windowMs: number): number {
  if (state === 'sending') return lease ?? 0;
  if (state === 'unknown') return until ?? 0;
  return state === 'sent' && sentAt !== undefined && fallbackBy === undefined ? sentAt + windowMs : 0;
}

/** When one more message has room beside the others of its conversation: `now`, or a later moment to look again. */
export function roomAt(cap: FrequencyCap, others: readonly Message[], now: number): number {
  const ends = others
    .filter((message) => concerns(cap, message))
    .map((message) => countsUntil(message, windowMsOf(cap)))
    .filter((end) => end > now)
    .sort((one, other) => one - other);
  return ends[ends.length - cap.messages] ?? now;
}
