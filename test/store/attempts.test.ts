import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countAttempt, forgetAttempts } from '../../shared/store/attempts.ts';
import { attemptsKey } from '../../shared/store/keys.ts';
import type { Table } from '../../shared/store/table.ts';
import { NOW, newId, tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';

let emulator: TestTable;
let table: Table;
beforeAll(async () => {
  emulator = await startTestTable();
  table = tableOf(emulator);
});
afterAll(() => emulator.stop());

const WINDOW_MS = 60_000;
const LIMIT = { attempts: 3, windowMs: WINDOW_MS };
const attempt = (digest: string, now = NOW) => countAttempt(table, digest, LIMIT, now);
const attemptTimes = async (digest: string, times: number) => {
  for (let time = 0; time < times; time++) expect(await attempt(digest)).toBeUndefined();
};

describe('attempts', () => {
  it('are counted up to the limit, and then wait for the end of the window that the first began', async () => {
    const digest = newId();
    await attemptTimes(digest, 3);
    expect(await attempt(digest, NOW + 10_000)).toEqual({ waitMs: WINDOW_MS - 10_000 });
    expect(await attempt(digest, NOW + WINDOW_MS - 1)).toEqual({ waitMs: 1 });
  });

  it('begin anew when the window is over, with the whole limit', async () => {
    const digest = newId();
    await attemptTimes(digest, 3);
    const later = NOW + WINDOW_MS;
    for (let time = 0; time < 3; time++) expect(await attempt(digest, later)).toBeUndefined();
    expect(await attempt(digest, later)).toEqual({ waitMs: WINDOW_MS });
  });

  it('that are made at once are not more than the limit', async () => {
    const digest = newId();
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => attempt(digest)));
    expect(outcomes.filter((outcome) => outcome === undefined)).toHaveLength(3);
  });

  it('that are made at once in a new window are not more either', async () => {
    const digest = newId();
    await attemptTimes(digest, 3);
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => attempt(digest, NOW + WINDOW_MS)));
    expect(outcomes.filter((outcome) => outcome === undefined)).toHaveLength(3);
  });

  it('are forgotten after a success', async () => {
    const digest = newId();
    await attemptTimes(digest, 3);
    await forgetAttempts(table, digest);
    await attemptTimes(digest, 3);
  });

  it('of one do not count for another', async () => {
    await attemptTimes(newId(), 3);
    await attemptTimes(newId(), 3);
  });

  it('go by themselves after the window', async () => {
    const digest = newId();
    await attempt(digest);
    const { Item } = await table.client.send(
      new GetCommand({ TableName: table.name, Key: { ...attemptsKey(digest) }, ConsistentRead: true }),
    );
    expect(Item?.ttl).toBe((NOW + WINDOW_MS) / 1000);
  });
});
