import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { CONFIGURATIONS, type Configuration, configurationNamed } from './configurations.ts';
import { startEngineTable } from './engine-table.ts';
import { figuresOf, isViolated } from './figures.ts';
import { type Answer, type Job, playAll } from './pool.ts';
import { runOnce } from './run.ts';
import { BROKEN, type BrokenName } from './variants.ts';

/**
 * `--runs N` plays N runs in all, spread over all configurations or of `--config NAME`, from `--seed N` on. A seed
 * without runs prints its story. Ends with one line of all figures, and with exit code 1 when a run was violated.
 */
const { values } = parseArgs({
  options: {
    config: { type: 'string' },
    seed: { type: 'string' },
    runs: { type: 'string', default: '2000' },
    broken: { type: 'string' },
    threads: { type: 'string', default: String(availableParallelism()) },
    quiet: { type: 'boolean', default: false },
  },
});

const PROGRESS_MS = 60_000;

process.stdout.on('error', () => process.exit());

const isStory = values.seed !== undefined && !process.argv.includes('--runs');
const broken = values.broken === undefined ? undefined : brokenNamed(values.broken);
const configurations = values.config ? [configurationNamed(values.config)] : CONFIGURATIONS;

if (isStory) await tell(Number(values.seed));
else await play(jobsOf(Number(values.runs), Number(values.seed ?? 1)));

function brokenNamed(name: string): BrokenName {
  if (name in BROKEN) return name as BrokenName;
  throw new Error(`Unknown variant "${name}": choose one of ${Object.keys(BROKEN).join(', ')}.`);
}

async function tell(seed: number): Promise<void> {
  const { table, stop } = await startEngineTable();
  for (const configuration of configurations) {
    const run = await runOnce(table, seed, configuration, {
      ...(broken && { variant: BROKEN[broken] }),
      ...(values.quiet ? {} : { trace: console.log }),
    });
    console.log(`${configuration.name}, seed ${seed}:`, isViolated(run) ? run.violations : 'no violation');
    if (isViolated(run)) process.exitCode = 1;
  }
  await stop();
}

/** Round by round, so that a run that is cut short has told something of every configuration. */
function jobsOf(runs: number, from: number): Job[] {
  return Array.from({ length: runs }, (_, index) => ({
    configuration: (configurations[index % configurations.length] as Configuration).name,
    seed: from + Math.floor(index / configurations.length),
    ...(broken && { broken }),
  }));
}

async function play(jobs: readonly Job[]): Promise<void> {
  const began = performance.now();
  const answers: Answer[] = [];
  const seconds = (): number => (performance.now() - began) / 1000;
  const progress = (): void => {
    const pace = answers.length / seconds();
    const violated = answers.filter(({ run }) => isViolated(run)).length;
    console.log(`${answers.length} of ${jobs.length} runs, ${pace.toFixed(1)} a second, ${violated} violated`);
  };
  const timer = setInterval(progress, PROGRESS_MS);
  await playAll(jobs, Number(values.threads), (answer) => {
    answers.push(answer);
    if (isViolated(answer.run)) report(answer);
  });
  clearInterval(timer);
  for (const line of figuresOf(answers, seconds())) console.log(line);
}

function report({ configuration, run }: Answer): void {
  process.exitCode = 1;
  const replay = `npm run test:engine -- --config ${configuration} --seed ${run.seed}${broken ? ` --broken ${broken}` : ''}`;
  console.log(`VIOLATED ${configuration}, seed ${run.seed} (${replay}):\n  ${run.violations.join('\n  ')}`);
}
