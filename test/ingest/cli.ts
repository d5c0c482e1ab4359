/**
 * `npm run test:import -- --rows 100000`: the import at home that is killed twice, with figures. `--endpoints`: of an
 * export of Amazon Pinpoint. Exits 1 when it is wrong, or when memory grows with the rows.
 */
import { parseArgs } from 'node:util';
import { ENDPOINTS, importAtHome, isBad, STARTS, textOf, userOf } from './at-home.ts';

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '10000' }, endpoints: { type: 'boolean', default: false } },
});
const wanted = Number(values.rows);

const rows = values.endpoints ? ENDPOINTS : STARTS;
const { summary, results, items, logged, memory, seconds } = await importAtHome(wanted, console.log, rows);
const good = Array.from({ length: wanted }, (_, index) => index + 1).filter((row) => !isBad(row));
const names = new Set(good.map(values.endpoints ? userOf : textOf));
const isComplete = results.length === wanted && results.every(({ row }, index) => row === index + 1);
const isOnce = items.size === names.size && [...names].every((name) => items.get(name) === 1);
const isRight = summary.created === names.size && summary.refused === wanted - good.length;

type Samples = (typeof memory)[number];
const peakOf = (samples: Samples): number => Math.max(...samples.map(({ residentKb }) => residentKb));
/** A run that is shorter than so many rows is still loading and compiling. */
const JUDGED_FROM = 10_000;
const isLevel = (samples: Samples): boolean => {
  const third = Math.ceil(samples.length / 3);
  const rowsDone = (samples.at(-1)?.done ?? 0) - (samples[0]?.done ?? 0);
  return rowsDone < JUDGED_FROM || peakOf(samples.slice(2 * third)) < 1.1 * peakOf(samples.slice(third, 2 * third));
};
const isFlat = memory.every(isLevel);

memory.forEach((samples, index) => {
  const megabytes = samples.map(({ done, residentKb }) => `${done}: ${Math.round(residentKb / 1024)} MB`);
  const step = Math.ceil(megabytes.length / 8);
  console.log(`Memory of run ${index + 1} by rows done: ${megabytes.filter((_, at) => at % step === 0).join(', ')}`);
});
const { created, found = 0, refused, optedOut = 0, parts } = summary;
console.log(
  `${wanted} rows in ${seconds} s: ${created} created, ${found} found, ${refused} refused, ${optedOut} opted out, ${parts.length} parts`,
);
console.log(`a result for each row: ${isComplete}; each message or contact there once: ${isOnce}`);
console.log(`memory of runs of ${JUDGED_FROM} rows and more is level: ${isFlat}`);
if (logged.length > 0) console.log(`Logs name people: ${logged.join(', ')}`);
process.exit(isComplete && isOnce && isRight && isFlat && logged.length === 0 ? 0 : 1);
