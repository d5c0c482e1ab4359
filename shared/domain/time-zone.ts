const MINUTE_MS = 60_000;

const formatterOf = (timeZone: string): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });

/** Whether it names a time zone of the IANA database, like `Europe/Amsterdam`; a bare offset names none. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    formatterOf(name);
    return true;
  } catch {
    return false;
  }
}

/**
 * Reads the clock on the wall of a time zone: for a moment in epoch milliseconds, the date and time of day there as if
 * they were UTC, in whole minutes. Throws RangeError for a zone that is none.
 */
export function wallClock(timeZone: string): (moment: number) => number {
  const formatter = formatterOf(timeZone);
  return (moment) => {
    const parts = formatter.formatToParts(moment).map(({ type, value }) => [type, Number(value)]);
    const { year, month, day, hour, minute } = Object.fromEntries(parts);
    return Date.UTC(year, month - 1, day, hour, minute);
  };
}

/** The minute of the day, from 0, of a moment as `wallClock` gives it. */
export const minuteOfDay = (wall: number): number => Math.floor(wall / MINUTE_MS) % 1440;

export const floorToMinute = (moment: number): number => Math.floor(moment / MINUTE_MS) * MINUTE_MS;
