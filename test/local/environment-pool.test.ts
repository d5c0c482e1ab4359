import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { createEnvironmentPool, type EnvironmentPool } from '../../infra/local/stack/environment-pool.ts';

const pools: EnvironmentPool[] = [];
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.stop();
});

function poolOf({ maxConcurrency = 8, exportName = 'handler' } = {}): EnvironmentPool {
  const moduleUrl = pathToFileURL(join(import.meta.dirname, 'fixtures/handlers/pool.mjs')).href;
  const pool = createEnvironmentPool({
    setup: { moduleUrl, exportName, functionName: 'pool', functionArn: 'arn:pool', memoryMb: 128, permissions: [] },
    variables: {},
    timeoutMs: 500,
    maxConcurrency,
    write: () => {},
  });
  pools.push(pool);
  return pool;
}

test('one environment is kept for lone events, which get another one when it is in use', async () => {
  const pool = poolOf();
  await pool.grow();
  expect(pool.idleFor(false)).toBeUndefined();
  await pool.grow();
  const [kept, other] = [pool.idleFor(true), pool.idleFor(false)];
  expect(kept).not.toBe(other);
  if (kept) pool.begin(kept);
  expect(pool.idleFor(true)).toBe(other);
});

test('a function with the one environment that it may have keeps it for nobody', async () => {
  const pool = poolOf({ maxConcurrency: 1 });
  await pool.grow();
  expect([pool.idleFor(false) !== undefined, pool.mayGrow()]).toEqual([true, false]);
});

test('all but the kept environment run with a low priority, where a thread can have one', async () => {
  const pool = poolOf();
  await pool.grow();
  await pool.grow();
  const priorityOf = async (isLone: boolean) => Number(await pool.idleFor(isLone)?.invoke('{"does":"getPriority"}'));
  const [kept, other] = [await priorityOf(true), await priorityOf(false)];
  expect(other > kept).toBe(process.platform === 'linux');
});

test('an environment that died while it was idle is not given to an event', async () => {
  const pool = poolOf();
  await pool.grow();
  await pool.idleFor(true)?.stop();
  expect([pool.idleFor(true), pool.isEmpty()]).toEqual([undefined, true]);
});

test('one that could not be loaded tells so to one event', async () => {
  const pool = poolOf({ exportName: 'absent' });
  await pool.grow();
  const environment = pool.idleFor(true);
  if (!environment) throw new Error('There is none.');
  pool.begin(environment);
  await expect(environment.invoke('{}')).rejects.toThrow('absent');
  pool.end(environment);
  expect(pool.idleFor(true)).toBeUndefined();
});
