import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDocumentClient } from '../../shared/runtime/clients.ts';
import type { Table } from '../../shared/store/table.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';
import { AIMED, CONFIGURATIONS, type Configuration } from './configurations.ts';
import { type Run, runOnce } from './run.ts';
import { BROKEN, type BrokenName, type Variant } from './variants.ts';

/** Small numbers for every change; `cli.ts --runs 20000` for a night. */
const RUNS = 6;
const AIMED_RUNS = 400;
const AT_ONCE = 4;

let testTable: TestTable;
let table: Table;

beforeAll(async () => {
  testTable = await startTestTable();
  table = { client: createDocumentClient(new DynamoDBClient(testTable.clientConfig)), name: testTable.tableName };
});
afterAll(() => testTable.stop());

/** Runs seeds from 1 on, a few at once, until one is violated. */
async function firstViolation(
  configuration: Configuration,
  runs: number,
  variant?: () => Variant,
): Promise<Run | undefined> {
  let seed = 1;
  let found: Run | undefined;
  const runner = async () => {
    while (seed <= runs && !found) {
      const run = await runOnce(table, seed++, configuration, variant && { variant });
      if (run.violations.length > 0) found ??= run;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, runner));
  return found;
}

const replayHint = ({ seed, violations }: Run, name: string): string =>
  `${violations.join('\n')}\nReplay: npm run test:engine -- --seed ${seed} --config ${name}`;

describe('the engine', () => {
  it.each(CONFIGURATIONS)('bears $name', { timeout: 120_000 }, async (configuration) => {
    const violated = await firstViolation(configuration, RUNS);
    expect(violated && replayHint(violated, configuration.name)).toBeUndefined();
  });

  it('replays a run by its seed', async () => {
    const story = async (): Promise<string[]> => {
      const lines: string[] = [];
      await runOnce(table, 7, CONFIGURATIONS[1] as Configuration, { trace: (line) => lines.push(line) });
      return lines;
    };
    const [once, again] = await Promise.all([story(), story()]);
    expect(again).toEqual(once);
    expect(once.length).toBeGreaterThan(20);
  });
});

describe('the engine with a sentence broken', () => {
  it.each(Object.keys(BROKEN) as BrokenName[])('is caught: %s', { timeout: 120_000 }, async (name) => {
    expect(await firstViolation(AIMED[name], AIMED_RUNS, BROKEN[name])).toBeDefined();
  });
});
