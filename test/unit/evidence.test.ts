import { describe, expect, it } from 'vitest';
import { judge, type Report } from '../../shared/domain/evidence.ts';
import type { Message, MessageState, ReceiptStatus } from '../../shared/domain/message.ts';
import { aMessage, NOW } from '../support/builders.ts';

const AT = NOW + 1_000;
const judged = (message: Partial<Message>, report: Partial<Report>) => {
  const judgement = judge(aMessage(message), { attempt: message.attempt ?? 0, status: 'sent', at: AT, ...report });
  if (!judgement) return 'nothing new';
  return judgement.state ?? `receipt ${judgement.receipt.status}`;
};

describe('what a report makes of a message', () => {
  it.each<[MessageState, number, ReceiptStatus, string]>([
    ['sending', 0, 'accepted', 'sent'],
    ['sending', 0, 'sent', 'sent'],
    ['sending', 0, 'delivered', 'sent'],
    ['sending', 0, 'read', 'sent'],
    ['sending', 0, 'failed', 'failed'],
    ['sending', 0, 'expired', 'failed'],
    ['unknown', 0, 'delivered', 'sent'],
    ['unknown', 2, 'failed', 'failed'],
    ['pending', 1, 'sent', 'sent'],
    ['pending', 1, 'failed', 'failed'],
    ['sent', 0, 'delivered', 'receipt delivered'],
    ['sent', 0, 'failed', 'receipt failed'],
    ['failed', 0, 'delivered', 'receipt delivered'],
    ['failed', 3, 'read', 'receipt read'],
    ['canceled', 1, 'delivered', 'receipt delivered'],
    ['moved', 1, 'delivered', 'receipt delivered'],
  ])('of one that is %s at attempt %d, "%s" makes: %s', (state, attempt, status, expected) =>
    expect(judged({ state, attempt }, { status })).toBe(expected),
  );

  it('never ends one that was not attempted yet', () => {
    expect(
      judge(aMessage({ state: 'pending', attempt: 0 }), { attempt: 0, status: 'sent', at: AT })?.state,
    ).toBeUndefined();
    expect(
      judge(aMessage({ state: 'pending', attempt: 0 }), { attempt: 0, status: 'failed', at: AT })?.state,
    ).toBeUndefined();
  });

  it.each<[MessageState]>([['sending'], ['unknown'], ['pending']])(
    'counts an arrival of an older attempt, while %s',
    (state) => expect(judged({ state, attempt: 3 }, { attempt: 1, status: 'delivered' })).toBe('sent'),
  );

  it.each<[MessageState]>([['sending'], ['unknown'], ['pending'], ['sent'], ['failed']])(
    'ignores the failure of an older attempt, while %s',
    (state) => {
      expect(judged({ state, attempt: 3 }, { attempt: 2, status: 'failed' })).toBe('nothing new');
      expect(judged({ state, attempt: 3 }, { attempt: 2, status: 'expired' })).toBe('nothing new');
    },
  );

  it.each<[ReceiptStatus, ReceiptStatus]>([
    ['delivered', 'delivered'],
    ['delivered', 'sent'],
    ['read', 'delivered'],
    ['delivered', 'failed'],
  ])('is nothing new once %s is known and %s comes', (known, next) =>
    expect(judged({ state: 'sent', receipt: { status: known, at: NOW } }, { status: next })).toBe('nothing new'),
  );

  it('gives the reason that the provider gave for a failure', () => {
    const error = { code: '30005', class: 'permanent', message: 'Unknown destination handset' } as const;
    expect(judge(aMessage({ state: 'sending' }), { attempt: 0, status: 'failed', at: AT, error })).toEqual({
      state: 'failed',
      error,
      receipt: { status: 'failed', at: AT },
    });
  });

  it('gives the reason also for a failure after it was sent', () => {
    const error = { code: '30003', class: 'retryable', message: 'Unreachable handset' } as const;
    expect(judge(aMessage({ state: 'sent' }), { attempt: 0, status: 'failed', at: AT, error })).toEqual({
      error,
      receipt: { status: 'failed', at: AT },
    });
  });

  it('gives a reason of its own where the provider gave none', () =>
    expect(judge(aMessage({ state: 'sending' }), { attempt: 0, status: 'expired', at: AT })?.error).toMatchObject({
      code: 'expired',
      class: 'permanent',
    }));
});
