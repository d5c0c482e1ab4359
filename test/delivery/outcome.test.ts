import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../../shared/delivery/outcome.ts';
import { MAX_ATTEMPTS } from '../../shared/domain/retry.ts';
import type { FailureClass, SendResult } from '../../shared/providers/provider.ts';
import { aMessage, createFakeClock, NOW } from '../support/builders.ts';

const parts = {
  clock: createFakeClock(),
  random: () => 0,
  settings: { leaseMs: 45_000, unknownMs: 120_000, providerTimeoutMs: 10_000, minRemainingMs: 13_000, publicUrl: '' },
};
const rejected = (failure: FailureClass, retryAfterMs?: number): SendResult => ({
  outcome: 'rejected',
  class: failure,
  scope: 'request',
  code: '4711',
  message: 'No.',
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});
const error = (failure: FailureClass) => ({ code: '4711', class: failure, message: 'No.' });

describe('what a provider’s answer makes of a message', () => {
  it.each<[string, number, SendResult, unknown]>([
    [
      'accepted: sent, under the provider’s id',
      0,
      { outcome: 'accepted', providerId: 'SM1' },
      { state: 'sent', providerId: 'SM1', receipt: { status: 'accepted', at: NOW } },
    ],
    ['permanent: failed, with the reason', 0, rejected('permanent'), { state: 'failed', error: error('permanent') }],
    [
      'ambiguous: unknown for two minutes',
      0,
      rejected('ambiguous'),
      { state: 'unknown', until: NOW + 120_000, error: error('ambiguous') },
    ],
    [
      'throttled: the next attempt, later',
      0,
      rejected('throttled'),
      { state: 'pending', attempt: 1, notBefore: NOW + 500, error: error('throttled') },
    ],
    [
      'refused before it left: the next attempt, later each time',
      3,
      rejected('retryable'),
      { state: 'pending', attempt: 4, notBefore: NOW + 4_000, error: error('retryable') },
    ],
    [
      'throttled with a time to wait: not sooner',
      0,
      rejected('throttled', 3_600_000),
      { state: 'pending', attempt: 1, notBefore: NOW + 3_600_000, error: error('throttled') },
    ],
  ])('%s', (_what, attempt, result, expected) =>
    expect(outcomeOf(parts, aMessage({ attempt }), result)).toEqual(expected),
  );

  it.each<FailureClass>(['throttled', 'retryable'])('%s at the last attempt: failed, exhausted', (failure) =>
    expect(outcomeOf(parts, aMessage({ attempt: MAX_ATTEMPTS - 1 }), rejected(failure))).toMatchObject({
      state: 'failed',
      error: { code: 'exhausted' },
    }),
  );
});
