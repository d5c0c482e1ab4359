import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDocumentClient } from '../../shared/runtime/clients.ts';
import type { Table } from '../../shared/store/table.ts';
import { startTestTable } from '../support/emulators.ts';
import { CONFIGURATIONS, type Configuration, configurationNamed } from './configurations.ts';
import { type Run, runOnce } from './run.ts';
import { BROKEN, type BrokenName } from './variants.ts';

/** `--config NAME` (all), `--runs N` from `--seed N` on; a seed without runs prints its story. */
const { values } = parseArgs({
  options: {
    config: { type: 'string' },
    seed: { type: 'string' },
    runs: { type: 'string' },
    broken: { type: 'string' },
    parallel: { type: 'string', default: '4' },
    quiet: { type: 'boolean', default: false },
  },
});

const broken = values.broken === undefined ? undefined : BROKEN[values.broken as BrokenName];
const variant = broken && { variant: broken };

process.stdout.on('error', () => process.exit());

const table = await startTestTable();
const client = createDocumentClient(new DynamoDBClient(table.clientConfig));
try {
  const configurations = values.config ? [configurationNamed(values.config)] : CONFIGURATIONS;
  if (values.seed && !values.runs) await tell({ client, name: table.tableName }, configurations, Number(values.seed));
  else {
    for (const configuration of configurations) {
      await figures(
        { client, name: table.tableName },
        configuration,
        Number(values.seed ?? 1),
        Number(values.runs ?? 200),
      );
    }
  }
} finally {
  await table.stop();
}

async function tell(onTable: Table, configurations: readonly Configuration[], seed: number): Promise<void> {
  for (const configuration of configurations) {
    const run = await runOnce(onTable, seed, configuration, {
      ...variant,
      ...(values.quiet ? {} : { trace: console.log }),
    });
    console.log(`${configuration.name}, seed ${seed}:`, run.violations.length === 0 ? 'no violation' : run.violations);
    if (run.violations.length > 0) process.exitCode = 1;
  }
}

async function figures(onTable: Table, configuration: Configuration, from: number, runs: number): Promise<void> {
  const began = performance.now();
  const all: Run[] = [];
  let next = from;
  const workers = Array.from({ length: Number(values.parallel) }, async () => {
    while (next < from + runs) all.push(await runOnce(onTable, next++, configuration, variant));
  });
  await Promise.all(workers);
  const seconds = (performance.now() - began) / 1000;
  const sum = (of: (run: Run) => number) => all.reduce((total, run) => total + of(run), 0);
  const messages = sum((run) => run.messages);
  const kinds = Map.groupBy(
    all.flatMap((run) => run.violations.map((violation) => ({ seed: run.seed, violation }))),
    ({ violation }) => violation.split(':')[0] ?? '',
  );
  console.log(
    `${configuration.name.padEnd(22)} runs ${all.length}, messages ${messages}, ticks per message ${(sum((run) => run.ticks) / messages).toFixed(2)}, ` +
      `parked ${sum((run) => run.counts.get('parked') ?? 0)}, sent again ${sum((run) => run.counts.get('MessageSentAgain') ?? 0)}, ` +
      `${(all.length / seconds).toFixed(1)} runs/s`,
  );
  const answers = [...new Set(all.flatMap(({ counts }) => [...counts.keys()]))].filter((name) => / \d{3}$/.test(name));
  const told = answers.toSorted().map((name) => `${name}: ${sum((run) => run.counts.get(name) ?? 0)}`);
  console.log(`  answers ${told.join(', ')}`);
  for (const [kind, found] of kinds) {
    const seeds = [...new Set(found.map(({ seed }) => seed))].toSorted((a, b) => a - b);
    console.log(
      `  VIOLATED ${kind}: ${found.length} in ${seeds.length} runs, seeds ${seeds.slice(0, 8).join(' ')}; e.g. ${found[0]?.violation}`,
    );
    process.exitCode = 1;
  }
}
