/** `npm run test:import -- --rows 100000`: the import at home that is killed twice, with figures. Exits 1 when it is wrong. */
import { parseArgs } from 'node:util';
import { importAtHome, isBad, textOf } from './at-home.ts';

const { values } = parseArgs({ options: { rows: { type: 'string', default: '10000' } } });
const wanted = Number(values.rows);

const { summary, results, messages, memory, seconds } = await importAtHome(wanted, console.log);
const good = Array.from({ length: wanted }, (_, index) => index + 1).filter((row) => !isBad(row));
const isComplete = results.length === wanted && results.every(({ row }, index) => row === index + 1);
const isOnce = messages.size === good.length && good.every((row) => messages.get(textOf(row)) === 1);

memory.forEach((samples, index) => {
  const megabytes = samples.map(({ done, residentKb }) => `${done}: ${Math.round(residentKb / 1024)} MB`);
  const step = Math.ceil(megabytes.length / 8);
  console.log(`Memory of run ${index + 1} by rows done: ${megabytes.filter((_, at) => at % step === 0).join(', ')}`);
});
console.log(
  `${wanted} rows in ${seconds} s: ${summary.created} created, ${summary.refused} refused, ${summary.parts.length} parts`,
);
console.log(`a result for each row: ${isComplete}; each message there once: ${isOnce}`);
process.exit(isComplete && isOnce && summary.created === good.length ? 0 : 1);
