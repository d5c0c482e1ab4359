import { expect, test } from 'vitest';
import type { Environment } from '../../infra/local/stack/environment.ts';
import type { EnvironmentPool } from '../../infra/local/stack/environment-pool.ts';
import { createLane, createTurns, type Lane } from '../../infra/local/stack/turns.ts';

const UNLIMITED = Number.POSITIVE_INFINITY;

/** A function with `idle` environments, which may make one more when asked. */
function poolOf(idle: number, mayGrow = false) {
  let utilization = 1;
  const environment = (): Environment => ({
    loaded: Promise.resolve(),
    invoke: async () => '',
    isAlive: () => true,
    watchUtilization: () => () => utilization,
    stop: async () => {},
  });
  const free = Array.from({ length: idle }, environment);
  const loneness: boolean[] = [];
  const pool: EnvironmentPool = {
    idleFor(isLone) {
      if (free.length > 0) loneness.push(isLone);
      return free[0];
    },
    begin: (begun) => void free.splice(free.indexOf(begun), 1),
    end: (ended) => void free.push(ended),
    mayGrow: () => mayGrow,
    grow: async () => void free.push(environment()),
    isEmpty: () => false,
    stop: async () => {},
  };
  const compute = (share: number) => {
    utilization = share;
  };
  return { pool, loneness, compute };
}

/** Turns at so many processors, with a clock that only `pass` moves. */
function turnsAt(processors: number) {
  let now = 0;
  let look: (() => void) | undefined;
  const turns = createTurns(processors, {
    now: () => now,
    every(_ms, repeated) {
      look = repeated;
      return () => {
        look = undefined;
      };
    },
  });
  const begun: string[] = [];
  const open = createLane(UNLIMITED);
  /** Answers how to end the event. */
  function ask(group: string, pool: EnvironmentPool, lane: Lane = open) {
    const turn = turns.take({ group, lane, pool, begun: () => begun.push(group) });
    return async () => (await turn).end();
  }
  async function pass(ms: number) {
    for (const end = now + ms; now < end; ) {
      now += 5;
      look?.();
      await Promise.resolve();
    }
  }
  return { ask, pass, begun, isLooking: () => look !== undefined };
}

test('no more events of a group compute at once than there are processors, in whichever function', async () => {
  const { ask, begun } = turnsAt(2);
  const [api, worker] = [poolOf(3), poolOf(3)];
  const end = ask('loud', api.pool);
  for (const { pool } of [worker, api, worker]) ask('loud', pool);
  expect(begun).toHaveLength(2);
  await end();
  expect(begun).toHaveLength(3);
});

test('an event whose group computes nothing else begins beside them; there is room for one such', () => {
  const { ask, begun } = turnsAt(2);
  const { pool } = poolOf(9);
  for (const group of ['loud', 'loud', 'loud', 'quiet', 'quiet', 'third']) ask(group, pool);
  expect(begun).toEqual(['loud', 'loud', 'quiet']);
});

test('a function is told which events are lone', () => {
  const { ask } = turnsAt(2);
  const { pool, loneness } = poolOf(9);
  for (const group of ['loud', 'loud', 'quiet']) ask(group, pool);
  expect(loneness).toEqual([true, false, true]);
});

test('an event that waits for others makes room, one that computes does not', async () => {
  const { ask, pass, begun } = turnsAt(2);
  const [waits, computes] = [poolOf(1), poolOf(9)];
  ask('loud', waits.pool);
  for (let n = 0; n < 3; n++) ask('loud', computes.pool);
  waits.compute(0);
  await pass(100);
  expect(begun).toHaveLength(3);
  waits.compute(1);
  computes.compute(0);
  await pass(100);
  expect(begun).toHaveLength(4);
});

test('a function gets one environment more when an event has waited for 50 ms', async () => {
  const { ask, pass, begun } = turnsAt(2);
  const { pool } = poolOf(0, true);
  ask('loud', pool);
  await pass(45);
  expect(begun).toEqual([]);
  await pass(10);
  expect(begun).toEqual(['loud']);
});

test('a function gets no environment more while the processors are busy, except for a lone event', async () => {
  const { ask, pass, begun } = turnsAt(1);
  const [busy, api] = [poolOf(1), poolOf(0, true)];
  const end = ask('loud', busy.pool);
  ask('loud', api.pool);
  await pass(100);
  expect(begun).toEqual(['loud']);
  ask('quiet', api.pool);
  await pass(100);
  expect(begun).toEqual(['loud', 'quiet']);
  await end();
});

test('a lane lets no more pass than its concurrency, and another lane of the group goes on', async () => {
  const { ask, begun } = turnsAt(9);
  const { pool } = poolOf(9);
  const [queue, http] = [createLane(1), createLane(UNLIMITED)];
  const end = ask('queue', pool, queue);
  ask('queue', pool, queue);
  ask('queue', pool, http);
  expect(begun).toHaveLength(2);
  await end();
  expect(begun).toHaveLength(3);
});

test('nobody is looked at when nobody is there', async () => {
  const { ask, isLooking } = turnsAt(1);
  const end = ask('loud', poolOf(1).pool);
  expect(isLooking()).toBe(true);
  await end();
  expect(isLooking()).toBe(false);
});
