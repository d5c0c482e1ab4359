import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDocumentClient } from '../../shared/runtime/clients.ts';
import { isOptedOut, optIn, optOut, type Reach } from '../../shared/store/consent.ts';
import type { Table } from '../../shared/store/table.ts';
import { NOW, newId, ORGANIZATION, tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';

let emulator: TestTable;
let table: Table;
beforeAll(async () => {
  emulator = await startTestTable();
  table = tableOf(emulator);
});
afterAll(() => emulator.stop());

const PEPPER = 'pepper';
const aReach = (overrides: Partial<Reach> = {}): Reach => ({
  organization: ORGANIZATION,
  touchpoint: 'sms',
  matchKey: `+31${newId()}`,
  ...overrides,
});
const evidence = { at: NOW, reason: 'reply' };

describe('an opt-out', () => {
  it('holds from the moment it is noted until it is taken back', async () => {
    const reach = aReach();
    expect(await isOptedOut(table, PEPPER, reach)).toBe(false);
    await optOut(table, PEPPER, reach, evidence);
    expect(await isOptedOut(table, PEPPER, reach)).toBe(true);
    await optIn(table, PEPPER, reach);
    expect(await isOptedOut(table, PEPPER, reach)).toBe(false);
  });

  it('is read consistently, so that what was stored before is seen', async () => {
    const client = createDocumentClient(new DynamoDBClient({ region: 'us-east-1' }));
    const mock = mockClient(client).on(GetCommand).resolves({});
    await isOptedOut({ client, name: 'x' }, PEPPER, aReach());
    expect(mock.commandCalls(GetCommand).map(({ args }) => args[0].input.ConsistentRead)).toEqual([true]);
  });

  it('noted twice is noted', async () => {
    const reach = aReach();
    await optOut(table, PEPPER, reach, evidence);
    await optOut(table, PEPPER, reach, { ...evidence, reason: '21610' });
    expect(await isOptedOut(table, PEPPER, reach)).toBe(true);
  });

  it('is taken back also where there is none', async () =>
    expect(await optIn(table, PEPPER, aReach())).toBeUndefined());

  it.each<[string, Partial<Reach>]>([
    ['touchpoint', { touchpoint: 'whatsapp' }],
    ['organization', { organization: 'another' }],
    ['address', { matchKey: '+31600000000' }],
  ])('is one %s’s only', async (_what, other) => {
    const reach = aReach();
    await optOut(table, PEPPER, reach, evidence);
    expect(await isOptedOut(table, PEPPER, { ...reach, ...other })).toBe(false);
  });
});
