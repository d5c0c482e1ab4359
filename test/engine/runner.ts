/** A thread of `pool.ts`: plays the runs of each message on a new table and answers what came of each, then `done`. */
import { parentPort } from 'node:worker_threads';
import { configurationNamed } from './configurations.ts';
import { startEngineTable } from './engine-table.ts';
import type { Answer, Job } from './pool.ts';
import { runOnce } from './run.ts';
import { BROKEN } from './variants.ts';

/** While one run waits for the table, another goes on. */
const AT_ONCE = 3;

const port = parentPort;
if (!port) throw new Error('This is the thread of a pool.');

port.on('message', async (jobs: readonly Job[]) => {
  const { table, stop } = await startEngineTable();
  const left = jobs.values();
  const playOneByOne = async (): Promise<void> => {
    for (const { configuration, seed, broken } of left) {
      const variant = broken && { variant: BROKEN[broken] };
      const run = await runOnce(table, seed, configurationNamed(configuration), variant);
      port.postMessage({ configuration, run } satisfies Answer);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, playOneByOne));
  await stop();
  port.postMessage('done');
});
