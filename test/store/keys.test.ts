import { describe, expect, it } from 'vitest';
import {
  bodyKey,
  conversationKey,
  conversationOf,
  dueOf,
  identityKey,
  identityName,
  inboundGuardKey,
  isMessageSk,
  MESSAGE_PREFIX,
  MESSAGES_END,
  messageKey,
  messageSk,
  optOutKey,
  seqOf,
} from '../../shared/store/keys.ts';
import { NOW } from '../support/builders.ts';

const THIRTY_DAYS_MS = 30 * 24 * 3600_000;

describe('the sort key of a message', () => {
  it('sorts as text as (due, seq) sorts as numbers', () => {
    const places = [
      [1, 1],
      [9, 999_999],
      [10, 1],
      [NOW - 1, 2],
      [NOW, 1],
      [NOW, 2],
      [NOW, 9],
      [NOW, 10],
      [NOW, 1_000_000_000],
      [NOW + 1, 1],
      [NOW + THIRTY_DAYS_MS, 1],
      [9_999_999_999_999, 9_999_999_999],
    ] as const;
    const keys = places.map(([due, seq]) => messageSk(due, seq));
    expect(keys.toReversed().toSorted()).toEqual(keys);
  });

  it.each([
    [NOW, 7],
    [0, 0],
    [9_999_999_999_999, 9_999_999_999],
  ])('says when it is due and its number: %d, %d', (due, seq) => {
    const key = messageSk(due, seq);
    expect([dueOf(key), seqOf(key), isMessageSk(key)]).toEqual([due, seq, true]);
  });

  it('lies between the bounds of a conversation’s messages, and nothing else does', () => {
    const within = (sk: string) => sk >= MESSAGE_PREFIX && sk <= MESSAGES_END;
    expect(within(messageSk(0, 0))).toBe(true);
    expect(within(messageSk(9_999_999_999_999, 9_999_999_999))).toBe(true);
    const others = [conversationKey('x').sk, bodyKey('x', 'y').sk, inboundGuardKey('x', 'twilio', 'SM1').sk];
    expect(others.filter(within)).toEqual([]);
    expect(others.filter(isMessageSk)).toEqual([]);
  });

  it.each(['@', 'B#66c3ed372a33131f1b4ba1b8', 'M#', 'M#1#2', `${messageSk(1, 1)}~`, ` ${messageSk(1, 1)}`])(
    'is not %j',
    (sk) => expect(isMessageSk(sk)).toBe(false),
  );
});

describe('keys', () => {
  it('lead back to the conversation', () => expect(conversationOf(messageKey('abc', messageSk(1, 1)).pk)).toBe('abc'));

  it('keep organizations, kinds and touchpoints apart', () => {
    const keys = [
      identityKey('a', 'email', 'x'),
      identityKey('a', 'telephone', 'x'),
      identityKey('b', 'email', 'x'),
      optOutKey('a', 'x', 'sms'),
      optOutKey('a', 'x', 'email'),
      optOutKey('b', 'x', 'sms'),
    ].map(({ pk, sk }) => `${pk} ${sk}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('name an identity the same in its own key and in the conversation', () =>
    expect(identityKey('a', 'telephone', 'x').pk).toContain(identityName('telephone', 'x')));
});
