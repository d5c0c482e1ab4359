import { describe, expect, it } from 'vitest';
import { isWindowOpen, WHATSAPP_WINDOW_MS, windowAfter } from '../../shared/domain/whatsapp-window.ts';

const AT = 1_800_000_000_000;

describe('the window in which free text may be sent', () => {
  it.each([
    ['open up to its last moment', 'a', AT + WHATSAPP_WINDOW_MS - 1, true],
    ['shut from then on', 'a', AT + WHATSAPP_WINDOW_MS, false],
    ['shut for another number than was written to', 'b', AT, false],
    ['shut where no number can send', undefined, AT, false],
  ])('is %s', (_, service, now, open) =>
    expect(isWindowOpen({ windowAt: AT, windowBy: 'a' }, { service, now })).toBe(open),
  );

  it('is shut for one who never wrote', () => {
    expect(isWindowOpen({}, { service: 'a', now: AT })).toBe(false);
    expect(isWindowOpen({}, { service: undefined, now: AT })).toBe(false);
  });

  it('shuts before Meta shuts it: a message is under way for up to ten seconds', () =>
    expect(24 * 3600_000 - WHATSAPP_WINDOW_MS).toBeGreaterThan(10_000));
});

describe('a message of the contact', () => {
  it('opens the window of the number it was written to', () =>
    expect(windowAfter({ windowAt: AT, windowBy: 'a' }, { service: 'b', at: AT })).toEqual({
      windowAt: AT,
      windowBy: 'b',
    }));

  it('that is older than the last one known changes nothing', () =>
    expect(windowAfter({ windowAt: AT, windowBy: 'a' }, { service: 'b', at: AT - 1 })).toEqual({
      windowAt: AT,
      windowBy: 'a',
    }));
});
