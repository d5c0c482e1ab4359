import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserSchema } from '../../shared/contracts/configuration.ts';
import { createDocumentClient } from '../../shared/runtime/clients.ts';
import type { Table } from '../../shared/store/table.ts';
import { createUserReader, findUserByLogin, putUser } from '../../shared/store/users.ts';
import { createFakeClock, newId, ORGANIZATION, tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';

let emulator: TestTable;
let table: Table;
beforeAll(async () => {
  emulator = await startTestTable();
  table = tableOf(emulator);
});
afterAll(() => emulator.stop());

const PEPPER = 'pepper';
const aUser = (overrides: object = {}) =>
  UserSchema.parse({ id: newId(), name: 'testbot', organizations: [{ organization: ORGANIZATION }], ...overrides });

describe('users', () => {
  it('are found by id, those that exist', async () => {
    const [first, second] = [aUser(), aUser()];
    await putUser(table, first);
    await putUser(table, second);
    const found = await createUserReader(table, createFakeClock()).users([second.id, newId(), first.id, first.id]);
    expect([...found.keys()].toSorted()).toEqual([first.id, second.id].toSorted());
    expect(found.get(first.id)).toEqual(first);
  });

  it('are remembered for a minute', async () => {
    const user = aUser({ name: 'Before' });
    const clock = createFakeClock();
    const reader = createUserReader(table, clock);
    await putUser(table, user);
    expect((await reader.user(user.id))?.name).toBe('Before');
    await putUser(table, { ...user, name: 'After' });
    clock.advance(59_999);
    expect((await reader.user(user.id))?.name).toBe('Before');
    clock.advance(1);
    expect((await reader.user(user.id))?.name).toBe('After');
  });

  it('are found by the address they log in with, never from memory, with their hash', async () => {
    const user = { ...aUser(), passwordHash: '$scrypt$…' };
    const matchKey = `${user.id}@example.com`;
    expect(await findUserByLogin(table, PEPPER, matchKey)).toBeUndefined();
    await putUser(table, user, { pepper: PEPPER, matchKey });
    expect(await findUserByLogin(table, PEPPER, matchKey)).toEqual(user);
    await putUser(table, { ...user, status: 'disabled' });
    expect((await findUserByLogin(table, PEPPER, matchKey))?.status).toBe('disabled');
    expect(await findUserByLogin(table, 'another pepper', matchKey)).toBeUndefined();
  });

  it('may be more than one read of the table takes', async () => {
    const ids = Array.from({ length: 150 }, newId);
    expect((await createUserReader(table, createFakeClock()).users(ids)).size).toBe(0);
  });

  it('that were remembered are answered also when memory is emptied', async () => {
    const client = createDocumentClient(new DynamoDBClient({ region: 'us-east-1' }));
    mockClient(client)
      .on(BatchGetCommand)
      .callsFake(async ({ RequestItems }) => ({
        Responses: {
          x: RequestItems.x.Keys.map(({ pk }: { pk: string }) => ({ ...aUser({ id: pk.slice(2) }), pk, sk: '@' })),
        },
      }));
    const reader = createUserReader({ client, name: 'x' }, createFakeClock());
    const ids = Array.from({ length: 10_001 }, (_, index) => `user-${index}`);
    for (let start = 0; start < ids.length; start += 100) await reader.users(ids.slice(start, start + 100));
    const [remembered, stranger] = ['user-7', 'a-new-one'];
    expect([...(await reader.users([remembered, stranger])).keys()]).toEqual([remembered, stranger]);
  });
});
