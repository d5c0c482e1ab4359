import { describe, expect, it } from 'vitest';
import {
  type Consent,
  type ConsentChange,
  type ConsentChangeKind,
  changedConsent,
  type Ground,
  groundAgainst,
} from '../../shared/domain/consent.ts';
import { NOW } from '../support/builders.ts';

const a = (kind: ConsentChangeKind, at?: number): ConsentChange => ({
  kind,
  source: 'provider',
  reason: kind,
  ...(at !== undefined && { at }),
});
const resulting = (...changes: ConsentChange[]): Consent =>
  changes.reduce((consent, change) => changedConsent(consent, change, NOW), {} as Consent);
const standing = (consent: Consent): Ground[] =>
  (Object.keys(consent) as Ground[]).filter((ground) => consent[ground]?.on).sort();

const permutations = <T>(items: readonly T[]): T[][] =>
  items.length === 0
    ? [[]]
    : items.flatMap((item, index) =>
        permutations(items.filter((_, other) => other !== index)).map((rest) => [item, ...rest]),
      );

describe('the consent of an address', () => {
  it.each<[string, ConsentChangeKind[], Ground[]]>([
    ['a STOP', ['stop'], ['stop']],
    ['a START after it', ['stop', 'start'], []],
    ['a STOP after that', ['stop', 'start', 'stop'], ['stop']],
    ['a START after a complaint', ['complaint', 'start'], ['complaint']],
    ['a START after a bounce', ['bounce', 'start'], ['unusable']],
    ['a START after a stop of marketing', ['marketing_stop', 'start'], ['marketing']],
    ['a stop of marketing, and its end', ['marketing_stop', 'marketing_start'], []],
    ['the end of a stop of marketing after a STOP', ['stop', 'marketing_start'], ['stop']],
    ['consent given anew', ['stop', 'complaint', 'marketing_stop', 'bounce', 'opted_in'], ['unusable']],
    ['all of it forgotten', ['stop', 'complaint', 'marketing_stop', 'bounce', 'forgotten'], []],
  ])('after %s', (_what, kinds, expected) =>
    expect(standing(resulting(...kinds.map((kind) => a(kind))))).toEqual(expected),
  );

  it('is the same after changes in any order, by the time that the provider gives', () => {
    const changes = [
      a('stop', NOW - 9_000),
      a('start', NOW - 7_000),
      a('marketing_stop', NOW - 6_500),
      a('stop', NOW - 5_000),
    ];
    const orders = permutations([...changes, a('complaint', NOW - 4_000)]);
    expect(orders).toHaveLength(120);
    for (const order of orders) expect(resulting(...order)).toEqual(resulting(...changes, a('complaint', NOW - 4_000)));
    for (const order of permutations([...changes, a('start', NOW - 3_000)])) {
      expect(standing(resulting(...order))).toEqual(['marketing']);
    }
  });

  it('is not lifted by a START that came before the STOP, whichever is told first', () => {
    for (const order of permutations([a('start', NOW - 2_001), a('stop', NOW - 2_000)])) {
      expect(standing(resulting(...order))).toEqual(['stop']);
    }
  });

  it('ends with the STOP when both came at the same time, or in the same second of a provider that tells seconds', () => {
    const second = NOW - 5_000;
    for (const start of [second, second + 400, second + 999]) {
      for (const order of permutations([a('start', start), a('stop', second)])) {
        expect(standing(resulting(...order))).toEqual(['stop']);
      }
    }
    expect(standing(resulting(a('stop', second), a('start', second + 1_000)))).toEqual([]);
  });

  it('believes no provider’s time that lies ahead of ours', () => {
    const ahead = resulting(a('start', NOW + 3_600_000));
    expect(standing(changedConsent(ahead, a('stop'), NOW))).toEqual(['stop']);
    expect(standing(changedConsent(ahead, a('stop', NOW + 1), NOW + 1))).toEqual(['stop']);
  });

  it('counts what comes without a time as later than all that is stored, also where clocks differ', () => {
    const stopped = changedConsent({}, a('stop'), NOW + 500);
    expect(standing(changedConsent(stopped, a('start'), NOW))).toEqual([]);
    expect(standing(changedConsent(changedConsent(stopped, a('start'), NOW), a('stop'), NOW - 500))).toEqual(['stop']);
  });
});

describe('a message', () => {
  it.each<[string, ConsentChangeKind, Ground | undefined, Ground | undefined]>([
    ['a STOP', 'stop', 'stop', 'stop'],
    ['a complaint', 'complaint', 'complaint', 'complaint'],
    ['a bounce', 'bounce', 'unusable', 'unusable'],
    ['a stop of marketing', 'marketing_stop', undefined, 'marketing'],
    ['a START', 'start', undefined, undefined],
  ])('after %s', (_what, kind, transactional, marketing) => {
    const consent = resulting(a(kind));
    expect([groundAgainst(consent, 'transactional'), groundAgainst(consent, 'marketing')]).toEqual([
      transactional,
      marketing,
    ]);
  });
});
