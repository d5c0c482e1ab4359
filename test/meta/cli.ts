import { parseArgs } from 'node:util';
import { startEngineTable } from '../engine/engine-table.ts';
import { play } from './run.ts';

/** `--sends N` messages from `--numbers N` to a Meta that keeps its limits, `--seed N`; `--moving` goes from one environment to the next. Exits with 1 when Meta refused one of them. */
const { values } = parseArgs({
  options: {
    sends: { type: 'string', default: '10000' },
    numbers: { type: 'string', default: '4' },
    moving: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
  },
});

const began = performance.now();
const { table, stop } = await startEngineTable();
const { faults, counts, ...figures } = await play(table, {
  sends: Number(values.sends),
  numbers: Number(values.numbers),
  seed: Number(values.seed),
  variant: { isMoving: values.moving },
});
await stop();
console.log(figures);
console.log(counts);
console.log(`${((performance.now() - began) / 1000).toFixed(0)} s`);
for (const fault of faults.slice(0, 5)) console.error(fault);
if (faults.length > 0 || Object.keys(figures.refusals).length > 0) process.exitCode = 1;
