import { describe, expect, it } from 'vitest';
import type { Message } from '../../shared/domain/message.ts';
import { createPredecessorSearch, LATE_ARRIVAL_MS } from '../../shared/domain/order.ts';
import { aMessage, NOW } from '../support/builders.ts';

/** Messages older than ours, newest first: how long before ours they were due, and how they stand. */
type Older = readonly [secondsBefore: number, stands: Partial<Message>];

/** How long before ours the predecessor was due; undefined when it is our turn. */
function predecessorAmong(older: readonly Older[]): number | undefined {
  const search = createPredecessorSearch();
  for (const [seconds, overrides] of older) {
    if (search.visit(aMessage({ due: NOW - seconds * 1000, ...overrides }))) break;
  }
  const found = search.found();
  return found && (NOW - found.due) / 1000;
}

const HORIZON_SECONDS = LATE_ARRIVAL_MS / 1000;

describe('the message that must finish before ours', () => {
  it.each<[string, Older[], number | undefined]>([
    ['nobody, when ours is the first', [], undefined],
    ['the nearest one, when it is pending', [[1, { state: 'pending' }]], 1],
    ['the nearest one, when it is being sent', [[1, { state: 'sending' }]], 1],
    ['the nearest one, when its outcome is unknown', [[1, { state: 'unknown' }]], 1],
    [
      'the nearest of several',
      [
        [1, { state: 'pending' }],
        [2, { state: 'pending' }],
      ],
      1,
    ],
    [
      'the one behind a canceled one',
      [
        [1, { state: 'canceled' }],
        [100, { state: 'pending' }],
      ],
      100,
    ],
    [
      'the one behind a moved one',
      [
        [1, { state: 'moved' }],
        [100, { state: 'pending' }],
      ],
      100,
    ],
    [
      'the one behind an inbound one',
      [
        [1, { state: 'done', inbound: true }],
        [100, { state: 'unknown' }],
      ],
      100,
    ],
    [
      'the one behind many of those',
      [
        [1, { state: 'canceled' }],
        [2, { state: 'done', inbound: true }],
        [3, { state: 'moved' }],
        [9_000, { state: 'pending' }],
      ],
      9_000,
    ],
    [
      'a late arrival behind a sent one',
      [
        [1, { state: 'sent' }],
        [1 + HORIZON_SECONDS, { state: 'pending' }],
      ],
      16,
    ],
    [
      'a late arrival behind a failed one',
      [
        [1, { state: 'failed' }],
        [2, { state: 'pending' }],
      ],
      2,
    ],
    [
      'a late arrival behind a command that is done',
      [
        [1, { state: 'done' }],
        [2, { state: 'pending' }],
      ],
      2,
    ],
    [
      'nobody, beyond the range of late arrivals',
      [
        [1, { state: 'sent' }],
        [16.001, { state: 'pending' }],
      ],
      undefined,
    ],
    [
      'nobody, when one that finished in its turn stands behind canceled ones',
      [
        [1, { state: 'canceled' }],
        [2, { state: 'sent' }],
        [17.001, { state: 'pending' }],
      ],
      undefined,
    ],
    [
      'the range counts from the first that finished in its turn, not from later finds',
      [
        [1, { state: 'sent' }],
        [15, { state: 'sent' }],
        [20, { state: 'pending' }],
      ],
      undefined,
    ],
  ])('is %s', (_who, older, expected) => expect(predecessorAmong(older)).toBe(expected));

  it('is looked for no longer than needed', () => {
    const search = createPredecessorSearch();
    expect(search.visit(aMessage({ due: NOW - 1_000, state: 'sent' }))).toBe(false);
    expect(search.visit(aMessage({ due: NOW - 1_000 - LATE_ARRIVAL_MS - 1, state: 'sent' }))).toBe(true);
  });
});
