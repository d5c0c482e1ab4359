import { expect, test } from 'vitest';
import { createFairLine } from '../../infra/local/stack/fair-line.ts';

interface Item {
  readonly group: string;
  readonly lane: object;
  readonly name: string;
}

const API = {};
const QUEUE = {};
const anyone = () => true;

/** A line in which every item is named after its group and the order in which it joined it: a1, a2, b1. */
function lineOf(...groups: string[]) {
  const line = createFairLine<Item>();
  const joined = new Map<string, number>();
  const join = (group: string, lane = API) => {
    joined.set(group, (joined.get(group) ?? 0) + 1);
    line.join({ group, lane, name: `${group}${joined.get(group)}` });
  };
  for (const group of groups) join(group);
  const take = (count: number, mayWork: (item: Item) => boolean = anyone) =>
    Array.from({ length: count }, () => line.next(mayWork)?.name);
  return { ...line, join, take };
}

test('a group with nobody at work comes before one with somebody, however long that has waited', () => {
  expect(lineOf('a', 'a', 'a', 'b').take(5)).toEqual(['a1', 'b1', 'a2', 'a3', undefined]);
});

test('of groups that had no turn yet, the one goes first that came first', () => {
  expect(lineOf('b', 'a', 'b', 'a', 'c').take(5)).toEqual(['b1', 'a1', 'c1', 'b2', 'a2']);
});

test('of groups with as many at work, the one goes first that had its last turn longest ago', () => {
  const line = lineOf('a', 'a', 'a', 'b', 'b');
  const turns = Array.from({ length: 5 }, () => {
    const item = line.next(anyone);
    if (item) line.leave(item.group);
    return item?.name;
  });
  expect(turns).toEqual(['a1', 'b1', 'a2', 'b2', 'a3']);
});

test('who has left work counts no more', () => {
  const line = lineOf('a', 'a', 'b', 'b', 'a');
  line.take(4);
  line.leave('a');
  line.leave('a');
  line.join('b');
  expect(line.take(2)).toEqual(['a3', 'b3']);
});

test('who may not work waits, and others pass: those of its group in another lane, and other groups', () => {
  const line = lineOf('a', 'a', 'b');
  line.join('a', QUEUE);
  const notInA1 = ({ name }: Item) => name !== 'a1';
  expect(line.take(4, notInA1)).toEqual(['a3', 'b1', undefined, undefined]);
  expect(line.take(2)).toEqual(['a1', 'a2']);
});

test('the lanes of a group take turns: what fills one does not hold up the others', () => {
  const line = lineOf('a', 'a', 'a', 'a');
  line.join('a', QUEUE);
  line.join('a', QUEUE);
  expect(line.take(6)).toEqual(['a1', 'a5', 'a2', 'a6', 'a3', 'a4']);
});

test('the first one is told without a turn', () => {
  const line = lineOf('a', 'b');
  const names = [anyone, anyone, () => false].map((mayWork) => line.first(mayWork)?.name);
  expect(names).toEqual(['a1', 'a1', undefined]);
});
