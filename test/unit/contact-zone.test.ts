import { getCountries } from 'libphonenumber-js/max';
import { describe, expect, it } from 'vitest';
import { timeZoneOf, timeZoneOfCountry } from '../../shared/domain/contact-zone.ts';
import { isTimeZone, wallClock } from '../../shared/domain/time-zone.ts';

const DAY_MS = 86_400_000;

describe('the time zone of a contact', () => {
  it.each([
    ['their own, before that of their telephone', { timeZone: 'Asia/Tokyo', telephone: '+31646280994' }, 'Asia/Tokyo'],
    ['that of the country of their telephone', { telephone: '+31646280994' }, 'Europe/Amsterdam'],
    ['that of China, which has one by law', { telephone: '+8613812345678' }, 'Asia/Shanghai'],
    ['that of a country within a shared calling code', { telephone: '+18765551234' }, 'America/Jamaica'],
    ['not known in a country of several', { telephone: '+12125550123' }, undefined],
    ['not known where islands share the numbers', { telephone: '+34612345678' }, undefined],
    ['not known without either', {}, undefined],
    [
      'that of the country, where their own is none',
      { timeZone: 'Nowhere', telephone: '+4915112345678' },
      'Europe/Berlin',
    ],
  ])('is %s', (_what, profile, zone) => expect(timeZoneOf(profile)).toBe(zone));
});

describe('the time zones of countries', () => {
  const known = getCountries().filter((country) => timeZoneOfCountry(country) !== undefined);
  /** What the clocks of a zone show through two years. */
  const clocks = (timeZone: string): string => {
    const wall = wallClock(timeZone);
    return Array.from({ length: 104 }, (_, week) => wall(Date.UTC(2026, 0, 1) + week * 7 * DAY_MS)).join();
  };
  const regionZones = (country: string): readonly string[] =>
    // Not yet in TypeScript's library.
    (new Intl.Locale(`und-${country}`) as Intl.Locale & { getTimeZones(): string[] | undefined }).getTimeZones() ?? [];

  it('are most countries there are', () => expect(known.length).toBeGreaterThan(220));

  it('are what every clock of the country shows', () => {
    const decided = ['CN', 'UA'];
    const others = known.filter((country) => !decided.includes(country));
    const apart = others.filter((country) => {
      const own = clocks(timeZoneOfCountry(country) ?? '');
      return regionZones(country).some((zone) => clocks(zone) !== own);
    });
    expect(apart).toEqual([]);
  });

  it.each(['US', 'CA', 'BR', 'MX', 'AU', 'RU', 'ID', 'ES', 'PT', 'NZ', 'CL', 'CD', 'MN'])('leave out %s', (country) =>
    expect(timeZoneOfCountry(country)).toBeUndefined(),
  );
});

describe('a name of a time zone', () => {
  it.each(['Europe/Amsterdam', 'UTC', 'America/Argentina/Buenos_Aires'])('%s', (name) =>
    expect(isTimeZone(name)).toBe(true),
  );
  it.each(['', '+01:00', '-0500', 'Europe/Atlantis', 'Europe/Amsterdam ', 'CEST', '1'])('is not %j', (name) =>
    expect(isTimeZone(name)).toBe(false),
  );
});
