import type { Concern } from './concern.ts';
import { floorToMinute, minuteOfDay, wallClock } from './time-zone.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;

/** A stretch of every day, across midnight when it ends before it starts, in which messages wait. `21:00`. */
export interface QuietHours extends Concern {
  readonly start: string;
  readonly end: string;
  /** Of contacts whose own is not known. */
  readonly timeZone: string;
}

const minutesOf = (timeOfDay: string): number => Number(timeOfDay.slice(0, 2)) * 60 + Number(timeOfDay.slice(3, 5));

/**
 * When the quiet hours that a moment lies in are over, epoch milliseconds; undefined outside them. They are those of
 * the clock on the wall: a night that the clocks change in is an hour shorter or longer, and an end that they jump over
 * is the moment of the jump.
 */
export function quietUntil(
  hours: Pick<QuietHours, 'start' | 'end'>,
  timeZone: string,
  moment: number,
): number | undefined {
  const [start, end] = [minutesOf(hours.start), minutesOf(hours.end)];
  const wall = wallClock(timeZone);
  const isQuiet = (at: number): boolean => {
    const minute = minuteOfDay(wall(at));
    return start < end ? start <= minute && minute < end : start <= minute || minute < end;
  };
  if (!isQuiet(moment)) return undefined;
  const now = floorToMinute(moment);
  const left = ((end - minuteOfDay(wall(now)) + DAY_MINUTES) % DAY_MINUTES) * MINUTE_MS;
  const unchanged = now + left;
  // By how much the clocks change until then.
  const change = wall(unchanged) - wall(now) - left;
  let at = Math.max(now, Math.min(unchanged, unchanged - change));
  while (isQuiet(at)) at += MINUTE_MS;
  return at;
}
