import { describe, expect, it } from 'vitest';
import {
  absent,
  all,
  any,
  atMost,
  type Condition,
  contains,
  differs,
  equals,
  exists,
  expression,
  moreThan,
  oneOf,
  part,
  sameAs,
  sizeAtMost,
  startsWith,
} from '../../shared/store/expression.ts';

/** The expression with its placeholders filled in again, to be read. */
function spelled(text: string | undefined, { names = {}, values = {} }: { names?: object; values?: object }): string {
  const known = new Map<string, string>([
    ...Object.entries(names).map(([placeholder, name]): [string, string] => [placeholder, String(name)]),
    ...Object.entries(values).map(([placeholder, value]): [string, string] => [placeholder, JSON.stringify(value)]),
  ]);
  return (text ?? '').replace(/[#:]\d+/g, (placeholder) => known.get(placeholder) ?? `?${placeholder}`);
}
const conditionText = (...conditions: Condition[]): string => {
  const made = expression({}, ...conditions);
  return spelled(made.ConditionExpression, {
    names: made.ExpressionAttributeNames,
    values: made.ExpressionAttributeValues,
  });
};
const updateText = (changes: Parameters<typeof expression>[0]): string => {
  const made = expression(changes);
  return spelled(made.UpdateExpression, {
    names: made.ExpressionAttributeNames,
    values: made.ExpressionAttributeValues,
  });
};

describe('a condition', () => {
  it.each<[Condition, string]>([
    [equals('state', 'pending'), 'state = "pending"'],
    [differs('touchpoint', 'whatsapp'), 'touchpoint <> "whatsapp"'],
    [atMost('lastAt', 5), 'lastAt <= 5'],
    [moreThan('windowAt', 5), 'windowAt > 5'],
    [sameAs('windowBy', 'services.whatsapp[0]'), 'windowBy = services.whatsapp[0]'],
    [exists('services.sms'), 'attribute_exists(services.sms)'],
    [absent('pk'), 'attribute_not_exists(pk)'],
    [contains('identities', 'e#1'), 'contains(identities, "e#1")'],
    [sizeAtMost('meta', 3), 'size(meta) <= 3'],
    [exists(`meta.${part('a.b[0]%2E')}`), 'attribute_exists(meta.a.b[0]%2E)'],
    [startsWith('orgPath', 'a#'), 'begins_with(orgPath, "a#")'],
    [oneOf('state', ['sending', 'unknown']), 'state IN ("sending", "unknown")'],
    [all(equals('a', 1), equals('b', 2)), '(a = 1) AND (b = 2)'],
    [any(equals('a', 1), absent('b')), '(a = 1) OR (attribute_not_exists(b))'],
    [all(any(equals('a', 1), absent('b'))), '(a = 1) OR (attribute_not_exists(b))'],
    [any(all(equals('a', 1)), equals('b', 2)), '(a = 1) OR (b = 2)'],
  ])('reads, without redundant parentheses, case %#', (condition, text) => expect(conditionText(condition)).toBe(text));

  it('holds only when all of its parts do', () =>
    expect(conditionText(absent('pk'), any(equals('a', 1), equals('a', 2)))).toBe(
      '(attribute_not_exists(pk)) AND ((a = 1) OR (a = 2))',
    ));
});

describe('an update', () => {
  it('sets, fills, removes and adds in one expression', () =>
    expect(
      updateText({
        set: { state: 'sending', 'services.sms': ['x'] },
        fill: { first: 1 },
        remove: ['lease'],
        add: { seq: 2 },
      }),
    ).toBe('SET state = "sending", services.sms = ["x"], first = if_not_exists(first, 1) REMOVE lease ADD seq 2'));

  it('leaves out what is undefined', () =>
    expect(updateText({ set: { a: undefined, b: 1 }, fill: { c: undefined }, add: { d: undefined } })).toBe(
      'SET b = 1',
    ));

  it('keeps values that are false, zero, null or empty', () =>
    expect(updateText({ set: { a: false, b: 0, c: null, d: '' } })).toBe('SET a = false, b = 0, c = null, d = ""'));

  it('has no part that is empty', () => {
    expect(expression({})).toEqual({});
    expect(expression({ set: {}, remove: [], add: {} })).toEqual({});
    expect(Object.keys(expression({ remove: ['a'] }))).toEqual(['UpdateExpression', 'ExpressionAttributeNames']);
  });

  it('uses one placeholder for one name, also between update and condition', () => {
    const made = expression({ set: { state: 'done', 'a.state': 1 } }, equals('state', 'pending'));
    expect(Object.values(made.ExpressionAttributeNames ?? {}).toSorted()).toEqual(['a', 'state']);
    expect(Object.values(made.ExpressionAttributeValues ?? {})).toEqual(['done', 1, 'pending']);
  });
});
