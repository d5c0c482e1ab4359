import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AIMED } from './configurations.ts';
import { type EngineTable, startEngineTable } from './engine-table.ts';
import { firstViolation } from './first-violation.ts';
import { BROKEN, type BrokenName } from './variants.ts';

const AIMED_RUNS = 400;

let engine: EngineTable;

beforeAll(async () => {
  engine = await startEngineTable();
});
afterAll(() => engine.stop());

describe('the engine with a sentence broken', () => {
  it.each(Object.keys(BROKEN) as BrokenName[])('is caught: %s', { timeout: 120_000 }, async (name) => {
    expect(await firstViolation(engine.table, AIMED[name], AIMED_RUNS, BROKEN[name])).toBeDefined();
  });
});
