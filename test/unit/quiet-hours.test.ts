import { describe, expect, it } from 'vitest';
import { quietUntil } from '../../shared/domain/quiet-hours.ts';

const NIGHT = { start: '21:00', end: '08:00' };
const until = (moment: string, timeZone: string, hours = NIGHT): string | undefined => {
  const end = quietUntil(hours, timeZone, Date.parse(moment));
  return end === undefined ? undefined : new Date(end).toISOString();
};

describe('quiet hours across midnight', () => {
  it.each([
    ['2026-06-10T20:59:59.999Z', undefined],
    ['2026-06-10T21:00:00.000Z', '2026-06-11T08:00:00.000Z'],
    ['2026-06-10T23:59:59.999Z', '2026-06-11T08:00:00.000Z'],
    ['2026-06-11T00:00:00.000Z', '2026-06-11T08:00:00.000Z'],
    ['2026-06-11T07:59:59.999Z', '2026-06-11T08:00:00.000Z'],
    ['2026-06-11T08:00:00.000Z', undefined],
    ['2026-12-31T22:00:00.000Z', '2027-01-01T08:00:00.000Z'],
  ])('at %s last until %s', (moment, end) => expect(until(moment, 'UTC')).toBe(end));
});

describe('quiet hours within a day', () => {
  const siesta = { start: '13:30', end: '15:00' };
  it.each([
    ['2026-06-10T13:29:59.999Z', undefined],
    ['2026-06-10T13:30:00.000Z', '2026-06-10T15:00:00.000Z'],
    ['2026-06-10T15:00:00.000Z', undefined],
    ['2026-06-10T23:00:00.000Z', undefined],
  ])('at %s last until %s', (moment, end) => expect(until(moment, 'UTC', siesta)).toBe(end));
});

describe('quiet hours end by the clock on the wall', () => {
  it.each<[string, string, string, string]>([
    ['the night in Amsterdam that is an hour short', '2026-03-28T21:00Z', 'Europe/Amsterdam', '2026-03-29T06:00Z'],
    ['after the change of that night', '2026-03-29T01:30Z', 'Europe/Amsterdam', '2026-03-29T06:00Z'],
    ['the night in Amsterdam that is an hour long', '2026-10-24T20:00Z', 'Europe/Amsterdam', '2026-10-25T07:00Z'],
    ['in the first of its two hours from 2 to 3', '2026-10-25T00:30Z', 'Europe/Amsterdam', '2026-10-25T07:00Z'],
    ['in the second of them', '2026-10-25T01:30Z', 'Europe/Amsterdam', '2026-10-25T07:00Z'],
    ['the short night in New York', '2026-03-08T03:00Z', 'America/New_York', '2026-03-08T12:00Z'],
    ['the long night in New York', '2026-11-01T02:00Z', 'America/New_York', '2026-11-01T13:00Z'],
    ['a zone of quarter hours', '2026-06-10T18:00Z', 'Asia/Kathmandu', '2026-06-11T02:15Z'],
    ['half an hour of change, on Lord Howe', '2026-10-03T12:00Z', 'Australia/Lord_Howe', '2026-10-03T21:00Z'],
  ])('%s', (_what, moment, timeZone, end) => expect(until(moment, timeZone)).toBe(new Date(end).toISOString()));

  it('are not yet on in New York when they are in Amsterdam', () => {
    expect(until('2026-06-10T20:00Z', 'Europe/Amsterdam')).toBe('2026-06-11T06:00:00.000Z');
    expect(until('2026-06-10T20:00Z', 'America/New_York')).toBeUndefined();
  });

  it('are over when the clock jumps over their end', () => {
    const hours = { start: '21:00', end: '02:30' };
    expect(until('2026-03-29T00:50:30Z', 'Europe/Amsterdam', hours)).toBe('2026-03-29T01:00:00.000Z');
    expect(until('2026-03-28T22:00:00Z', 'Europe/Amsterdam', hours)).toBe('2026-03-29T01:00:00.000Z');
  });

  it('are over at the first of two ends, and on again until the second', () => {
    const hours = { start: '21:00', end: '02:30' };
    expect(until('2026-10-24T22:00Z', 'Europe/Amsterdam', hours)).toBe('2026-10-25T00:30:00.000Z');
    expect(until('2026-10-25T00:30Z', 'Europe/Amsterdam', hours)).toBeUndefined();
    expect(until('2026-10-25T01:10Z', 'Europe/Amsterdam', hours)).toBe('2026-10-25T01:30:00.000Z');
  });
});

it('is the first moment outside, for any minute of a year of changes', () => {
  const minute = 60_000;
  for (const timeZone of ['Europe/Amsterdam', 'America/New_York']) {
    for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += 1_013 * minute) {
      const end = quietUntil(NIGHT, timeZone, at);
      if (end === undefined) continue;
      expect(quietUntil(NIGHT, timeZone, end)).toBeUndefined();
      expect(quietUntil(NIGHT, timeZone, end - 1)).toBe(end);
      expect(end - at).toBeLessThanOrEqual(12 * 60 * minute);
    }
  }
});
