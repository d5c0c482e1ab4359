import { expect, test } from 'vitest';
import { createFairLine } from '../../infra/local/stack/fair-line.ts';

const MANY = 99;

/** A line in which every item is named after its group. */
function lineOf(...groups: string[]) {
  const line = createFairLine<string>();
  for (const group of groups) line.join(group, group);
  return line;
}
const take = (line: ReturnType<typeof lineOf>, count: number, most = MANY) =>
  Array.from({ length: count }, () => line.next(most));

test('a group with nobody at work comes before one with somebody, however long that has waited', () => {
  expect(take(lineOf('loud', 'loud', 'loud', 'quiet'), 4)).toEqual(['loud', 'quiet', 'loud', 'loud']);
});

test('of groups that had no turn yet, the one goes first whose first has waited longest', () => {
  expect(take(lineOf('b', 'a', 'b', 'a', 'c'), 5)).toEqual(['b', 'a', 'c', 'b', 'a']);
});

test('of groups with as many at work, the one goes first that had its last turn longest ago', () => {
  const line = lineOf('loud', 'loud', 'loud', 'quiet');
  const turns = Array.from({ length: 4 }, () => {
    const group = line.next(1) ?? '';
    line.leave(group);
    return group;
  });
  expect(turns).toEqual(['loud', 'quiet', 'loud', 'loud']);
});

test('those of one group keep their order', () => {
  const line = createFairLine<number>();
  for (const item of [1, 2, 3]) line.join('a', item);
  expect([line.next(MANY), line.next(MANY), line.next(MANY), line.next(MANY)]).toEqual([1, 2, 3, undefined]);
});

test('who has left work counts no more', () => {
  const line = lineOf('a', 'a', 'b');
  take(line, 3);
  line.join('b', 'b');
  line.join('a', 'a');
  line.leave('a');
  line.leave('a');
  expect(take(line, 2)).toEqual(['a', 'b']);
});

test('a group with as many at work as may be waits, and others pass it', () => {
  const line = lineOf('loud', 'loud', 'loud', 'quiet');
  expect(take(line, 4, 2)).toEqual(['loud', 'quiet', 'loud', undefined]);
  expect([line.hasNext(2), line.hasNext(3), line.waiting()]).toEqual([false, true, 1]);
  line.leave('loud');
  expect([line.hasNext(2), line.next(2), line.waiting()]).toEqual([true, 'loud', 0]);
});
