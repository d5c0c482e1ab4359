import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConsentChange, Ground } from '../../shared/domain/consent.ts';
import { createDocumentClient } from '../../shared/runtime/clients.ts';
import {
  type ConsentParts,
  changeConsent,
  type Reach,
  readConsent,
  readConsentHistory,
} from '../../shared/store/consent.ts';
import type { Table } from '../../shared/store/table.ts';
import { createFakeClock, createFakeObserver, NOW, newId, ORGANIZATION, tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';

let emulator: TestTable;
let table: Table;
let parts: ConsentParts;
beforeAll(async () => {
  emulator = await startTestTable();
  table = tableOf(emulator);
  parts = {
    table,
    pepper: async () => PEPPER,
    clock: createFakeClock(),
    random: () => 0,
    observe: createFakeObserver(),
  };
});
afterAll(() => emulator.stop());

const PEPPER = 'pepper';
const aReach = (overrides: Partial<Reach> = {}): Reach => ({
  organization: ORGANIZATION,
  touchpoint: 'sms',
  matchKey: `+31${newId()}`,
  ...overrides,
});
const STOP: ConsentChange = { kind: 'stop', source: 'reply', reason: 'reply' };
const START: ConsentChange = { kind: 'start', source: 'reply', reason: 'reply' };
const standing = async (reach: Reach): Promise<Ground[]> =>
  Object.entries(await readConsent(table, PEPPER, reach)).flatMap(([ground, { on }]) => (on ? [ground as Ground] : []));
const logOf = async (reach: Reach) => (await readConsentHistory(table, PEPPER, reach)).log;

describe('an opt-out', () => {
  it('holds from the moment it is noted until it is taken back', async () => {
    const reach = aReach();
    expect(await standing(reach)).toEqual([]);
    await changeConsent(parts, reach, STOP);
    expect(await standing(reach)).toEqual(['stop']);
    await changeConsent(parts, reach, START);
    expect(await standing(reach)).toEqual([]);
  });

  it('is read consistently, so that what was stored before is seen', async () => {
    const client = createDocumentClient(new DynamoDBClient({ region: 'us-east-1' }));
    const mock = mockClient(client).on(GetCommand).resolves({});
    await readConsent({ client, name: 'x' }, PEPPER, aReach());
    expect(mock.commandCalls(GetCommand).map(({ args }) => args[0].input.ConsistentRead)).toEqual([true]);
  });

  it.each<[string, Partial<Reach>]>([
    ['touchpoint', { touchpoint: 'whatsapp' }],
    ['organization', { organization: 'another' }],
    ['address', { matchKey: '+31600000000' }],
  ])('is one %s’s only', async (_what, other) => {
    const reach = aReach();
    await changeConsent(parts, reach, STOP);
    expect(await standing({ ...reach, ...other })).toEqual([]);
  });

  it('says nowhere whose it is', async () => {
    const reach = aReach();
    await changeConsent(parts, reach, STOP);
    const { Items } = await table.client.send(new ScanCommand({ TableName: table.name, ConsistentRead: true }));
    expect(Items?.length).toBeGreaterThan(0);
    expect(JSON.stringify(Items)).not.toContain(reach.matchKey.slice(1));
  });
});

describe('the log of an address', () => {
  it('keeps every change, newest first, and a START takes nothing from it', async () => {
    const reach = aReach();
    const clock = createFakeClock();
    const change = (one: ConsentChange) => {
      clock.advance(1_000);
      return changeConsent({ ...parts, clock }, reach, one);
    };
    await change({ ...STOP, evidence: 'SM1' });
    await change(START);
    await change({ kind: 'bounce', source: 'provider', reason: '30006', evidence: 'message-1', at: NOW - 5_000 });
    expect(await logOf(reach)).toEqual([
      {
        touchpoint: 'sms',
        change: 'bounce',
        source: 'provider',
        reason: '30006',
        evidence: 'message-1',
        at: NOW - 5_000,
        storedAt: NOW + 3_000,
        effective: true,
      },
      { touchpoint: 'sms', change: 'start', source: 'reply', reason: 'reply', storedAt: NOW + 2_000, effective: true },
      {
        touchpoint: 'sms',
        change: 'stop',
        source: 'reply',
        reason: 'reply',
        evidence: 'SM1',
        storedAt: NOW + 1_000,
        effective: true,
      },
    ]);
  });

  it('is one for all touchpoints of the address, and shows what stands at each', async () => {
    const reach = aReach();
    await changeConsent(parts, reach, STOP);
    await changeConsent(parts, { ...reach, touchpoint: 'whatsapp' }, { ...STOP, kind: 'marketing_stop' });
    const { consents, log } = await readConsentHistory(table, PEPPER, reach);
    expect(consents).toMatchObject({ sms: { stop: { on: true } }, whatsapp: { marketing: { on: true } } });
    expect(new Set(log.map(({ touchpoint }) => touchpoint))).toEqual(new Set(['sms', 'whatsapp']));
  });

  it('says of a change that came too late that it had no effect', async () => {
    const reach = aReach();
    await changeConsent(parts, reach, { ...STOP, at: NOW - 1_000 });
    await changeConsent(parts, reach, { ...START, at: NOW - 2_000 });
    expect(await standing(reach)).toEqual(['stop']);
    expect((await logOf(reach)).map(({ change, effective }) => [change, effective])).toContainEqual(['start', false]);
  });
});

describe('a change that is told again', () => {
  it('is one change', async () => {
    const reach = aReach();
    await changeConsent(parts, reach, { ...STOP, evidence: 'SM1' });
    await changeConsent(parts, reach, { ...STOP, evidence: 'SM1' });
    expect(await logOf(reach)).toHaveLength(1);
  });

  it('does not undo what came after it', async () => {
    const reach = aReach();
    await changeConsent(parts, reach, { ...STOP, evidence: 'SM1' });
    await changeConsent(parts, reach, { ...START, evidence: 'SM2' });
    await changeConsent(parts, reach, { ...STOP, evidence: 'SM1' });
    expect(await standing(reach)).toEqual([]);
    await changeConsent(parts, reach, { ...STOP, evidence: 'SM3' });
    expect(await standing(reach)).toEqual(['stop']);
  });
});

describe('changes at the same time', () => {
  it('are all kept, and end as their times say', async () => {
    const reach = aReach();
    const changes = Array.from({ length: 6 }, (_, index): ConsentChange => {
      const at = NOW - 60_000 + index * 1_000;
      return { ...(index % 2 === 0 ? STOP : START), at, evidence: `SM${index}` };
    });
    await Promise.all(changes.map((change) => changeConsent(parts, reach, change)));
    expect(await standing(reach)).toEqual([]);
    expect(await logOf(reach)).toHaveLength(6);
  });
});
