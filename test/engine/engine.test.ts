import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDocumentClient } from '../../shared/runtime/clients.ts';
import type { Table } from '../../shared/store/table.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';
import { CONFIGURATIONS, configurationNamed } from './configurations.ts';
import { firstViolation } from './first-violation.ts';
import { type Run, runOnce } from './run.ts';
import { createWireClient } from './wire-client.ts';

/** Small numbers for every change; `cli.ts --runs 20000` for a night. */
const RUNS = 10;

let testTable: TestTable;
let table: Table;

beforeAll(async () => {
  testTable = await startTestTable();
  table = { client: createWireClient(testTable.endpoint), name: testTable.tableName };
});
afterAll(() => testTable.stop());

const replayHint = ({ seed, violations }: Run, name: string): string =>
  `${violations.join('\n')}\nReplay: npm run test:engine -- --seed ${seed} --config ${name}`;

async function storyOf(onTable: Table, name: string): Promise<string[]> {
  const lines: string[] = [];
  await runOnce(onTable, 7, configurationNamed(name), { trace: (line) => lines.push(line) });
  return lines;
}

describe('the engine', () => {
  it.each(CONFIGURATIONS)('bears $name', { timeout: 120_000 }, async (configuration) => {
    const violated = await firstViolation(table, configuration, RUNS);
    expect(violated && replayHint(violated, configuration.name)).toBeUndefined();
  });

  it('replays a run by its seed', async () => {
    const [once, again] = await Promise.all([storyOf(table, 'usual'), storyOf(table, 'usual')]);
    expect(again).toEqual(once);
    expect(once.length).toBeGreaterThan(20);
  });

  it.each(['killed', 'together', 'deletions', 'repeats'])('does the same through the SDK: %s', async (name) => {
    const client = createDocumentClient(new DynamoDBClient(testTable.clientConfig));
    expect(await storyOf({ ...table, client }, name)).toEqual(await storyOf(table, name));
    client.destroy();
  });
});
