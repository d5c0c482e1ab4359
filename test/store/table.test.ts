import {
  DynamoDBClient,
  ProvisionedThroughputExceededException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  BatchWriteCommand,
  GetCommand,
  PutCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDocumentClient } from '../../shared/runtime/clients.ts';
import { absent, equals } from '../../shared/store/expression.ts';
import { storeBodies } from '../../shared/store/messages.ts';
import {
  batchGet,
  ContentionError,
  checkAction,
  putAction,
  putItem,
  type Table,
  transact,
  updateAction,
  updateItem,
} from '../../shared/store/table.ts';
import { aMessage, newId, tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';

let emulator: TestTable;
let table: Table;
beforeAll(async () => {
  emulator = await startTestTable();
  table = tableOf(emulator);
});
afterAll(() => emulator.stop());

const newKey = () => ({ pk: `X#${newId()}`, sk: '@' });
const read = async (key: { pk: string; sk: string }) =>
  (await table.client.send(new GetCommand({ TableName: table.name, Key: key, ConsistentRead: true }))).Item;

describe('a conditional update', () => {
  it('answers the item as it then is', async () => {
    const key = newKey();
    await putItem(table, { ...key, a: 1, b: 1 });
    expect(await updateItem(table, key, { set: { a: 2 } }, equals('a', 1))).toEqual({
      done: true,
      item: { ...key, a: 2, b: 1 },
    });
  });

  it('that fails changes nothing and answers what stood in the way', async () => {
    const key = newKey();
    await putItem(table, { ...key, a: 1, tags: new Set(['x']) });
    expect(await updateItem(table, key, { set: { a: 2 } }, equals('a', 7))).toEqual({
      done: false,
      old: { ...key, a: 1, tags: new Set(['x']) },
    });
    expect(await read(key)).toMatchObject({ a: 1 });
  });

  it('that fails because there is nothing says so', async () => {
    const key = newKey();
    expect(await updateItem(table, key, { set: { a: 2 } }, equals('a', 1))).toEqual({ done: false });
    expect(await read(key)).toBeUndefined();
  });
});

describe('a conditional put', () => {
  it('is false where the condition does not hold, and leaves what is there', async () => {
    const key = newKey();
    expect(await putItem(table, { ...key, a: 1 }, absent('pk'))).toBe(true);
    expect(await putItem(table, { ...key, a: 2 }, absent('pk'))).toBe(false);
    expect(await read(key)).toMatchObject({ a: 1 });
  });
});

describe('a transaction', () => {
  it('writes all', async () => {
    const [first, second, third] = [newKey(), newKey(), newKey()];
    await putItem(table, { ...second, n: 1 });
    await putItem(table, { ...third, n: 1 });
    const outcome = await transact(table, [
      putAction(table, { ...first, n: 1 }, absent('pk')),
      updateAction(table, second, { add: { n: 1 } }, equals('n', 1)),
      checkAction(table, third, equals('n', 1)),
    ]);
    expect(outcome).toEqual({ done: true });
    expect([await read(first), await read(second)]).toEqual([
      { ...first, n: 1 },
      { ...second, n: 2 },
    ]);
  });

  it('writes nothing when a condition fails, and says which, with the item that made it fail', async () => {
    const [free, taken, checked] = [newKey(), newKey(), newKey()];
    await putItem(table, { ...taken, n: 1 });
    const outcome = await transact(table, [
      putAction(table, { ...free, n: 1 }, absent('pk')),
      putAction(table, { ...taken, n: 2 }, absent('pk')),
      checkAction(table, checked, equals('n', 1)),
    ]);
    expect(outcome).toEqual({
      done: false,
      actions: [{ failed: false }, { failed: true, item: { ...taken, n: 1 } }, { failed: true }],
    });
    expect([await read(free), await read(taken)]).toEqual([undefined, { ...taken, n: 1 }]);
  });

  it('that is wrong in itself throws, and is not tried again', async () => {
    const key = newKey();
    await expect(transact(table, [putAction(table, key), putAction(table, key)])).rejects.not.toBeInstanceOf(
      ContentionError,
    );
  });
});

describe('a read of many items', () => {
  it('answers those that are there', async () => {
    const [first, second, missing] = [newKey(), newKey(), newKey()];
    await putItem(table, { ...first, n: 1 });
    await putItem(table, { ...second, n: 2 });
    const items = await batchGet(table, [first, second, missing], true);
    expect(items.toSorted((a, b) => Number(a.n) - Number(b.n))).toEqual([
      { ...first, n: 1 },
      { ...second, n: 2 },
    ]);
  });

  it('of none asks nobody', async () => expect(await batchGet(table, [], true)).toEqual([]));

  it('takes a hundred, not one more', async () => {
    const keys = Array.from({ length: 101 }, newKey);
    expect(await batchGet(table, keys.slice(1), false)).toEqual([]);
    await expect(batchGet(table, keys, false)).rejects.toBeInstanceOf(RangeError);
  });
});

describe('faults of the table', () => {
  const client = createDocumentClient(new DynamoDBClient({ region: 'us-east-1' }));
  const mock = mockClient(client);
  const faulty: Table = { client, name: 'faulty' };
  beforeEach(() => void mock.reset());
  afterAll(() => void mock.restore());

  const canceled = (...codes: string[]) =>
    new TransactionCanceledException({
      $metadata: {},
      message: 'canceled',
      CancellationReasons: codes.map((Code) => ({ Code })),
    });
  const named = (name: string) => Object.assign(new Error(name), { name });
  const write = () => transact(faulty, [putAction(faulty, newKey())]);

  it.each(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])(
    'a transaction that is canceled by %s may be tried again',
    async (code) => {
      mock.on(TransactWriteCommand).rejects(canceled('None', code));
      await expect(write()).rejects.toBeInstanceOf(ContentionError);
    },
  );

  it('a transaction in which a condition failed too has failed by it', async () => {
    mock.on(TransactWriteCommand).rejects(canceled('ConditionalCheckFailed', 'TransactionConflict'));
    expect(await write()).toEqual({ done: false, actions: [{ failed: true }, { failed: false }] });
  });

  it.each(['ValidationError', 'ItemCollectionSizeLimitExceeded'])(
    'a transaction that is canceled by %s is our own fault',
    async (code) => {
      const error = canceled(code);
      mock.on(TransactWriteCommand).rejects(error);
      await expect(write()).rejects.toBe(error);
    },
  );

  it.each([
    'TransactionConflictException',
    'ProvisionedThroughputExceededException',
    'ThrottlingException',
    'RequestLimitExceeded',
  ])('%s may be tried again, whatever the write', async (name) => {
    mock.onAnyCommand().rejects(named(name));
    await expect(updateItem(faulty, newKey(), { set: { a: 1 } })).rejects.toBeInstanceOf(ContentionError);
    await expect(putItem(faulty, newKey())).rejects.toBeInstanceOf(ContentionError);
    await expect(write()).rejects.toBeInstanceOf(ContentionError);
    await expect(batchGet(faulty, [newKey()], true)).rejects.toBeInstanceOf(ContentionError);
  });

  it('a transaction that is still under way is not tried again: it may yet be carried out', async () => {
    mock.on(TransactWriteCommand).rejects(named('TransactionInProgressException'));
    await expect(write()).rejects.not.toBeInstanceOf(ContentionError);
  });

  it('a throttle while a large body is stored may be tried again too', async () => {
    mock.on(BatchWriteCommand).rejects(named('ThrottlingException'));
    await expect(storeBodies(faulty, [aMessage({ text: 'x'.repeat(2_000) })])).rejects.toBeInstanceOf(ContentionError);
  });

  it('any other error is thrown as it is', async () => {
    const error = named('ResourceNotFoundException');
    mock.on(UpdateCommand).rejects(error);
    mock.on(PutCommand).rejects(error);
    mock.on(BatchGetCommand).rejects(error);
    await expect(updateItem(faulty, newKey(), { set: { a: 1 } })).rejects.toBe(error);
    await expect(putItem(faulty, newKey())).rejects.toBe(error);
    await expect(batchGet(faulty, [newKey()], true)).rejects.toBe(error);
  });

  it('keys that the table left out are asked for again, and only these', async () => {
    const [first, second] = [newKey(), newKey()];
    mock
      .on(BatchGetCommand)
      .resolvesOnce({
        Responses: { faulty: [first] },
        UnprocessedKeys: { faulty: { Keys: [second], ConsistentRead: true } },
      })
      .resolves({ Responses: { faulty: [second] } });
    expect(await batchGet(faulty, [first, second], true)).toEqual([first, second]);
    const asked = mock.commandCalls(BatchGetCommand).map(({ args }) => args[0].input.RequestItems?.faulty);
    expect(asked).toEqual([
      { Keys: [first, second], ConsistentRead: true },
      { Keys: [second], ConsistentRead: true },
    ]);
  });

  it('keys that are left out again and again are given up, to be tried later', async () => {
    const key = newKey();
    mock.on(BatchGetCommand).resolves({ UnprocessedKeys: { faulty: { Keys: [key] } } });
    await expect(batchGet(faulty, [key], true)).rejects.toBeInstanceOf(ContentionError);
    expect(mock.commandCalls(BatchGetCommand).length).toBeLessThanOrEqual(8);
  });

  it('bodies that the table left out are written again; after some tries it may be tried later', async () => {
    const messages = [aMessage({ text: 'x'.repeat(2_000) }), aMessage({ text: 'y'.repeat(2_000) })];
    let left: unknown[] = [];
    mock.on(BatchWriteCommand).callsFake(async ({ RequestItems }) => {
      left = left.length === 0 ? RequestItems.faulty.slice(1) : [];
      return { UnprocessedItems: left.length > 0 ? { faulty: left } : {} };
    });
    await storeBodies(faulty, messages);
    const written = mock.commandCalls(BatchWriteCommand).map(({ args }) => args[0].input.RequestItems?.faulty?.length);
    expect(written).toEqual([2, 1]);
    mock.on(BatchWriteCommand).callsFake(async ({ RequestItems }) => ({ UnprocessedItems: RequestItems }));
    await expect(storeBodies(faulty, messages)).rejects.toBeInstanceOf(ContentionError);
  });

  it('a throttle of the real exception class is one too', async () => {
    mock.on(PutCommand).rejects(new ProvisionedThroughputExceededException({ $metadata: {}, message: 'slow down' }));
    await expect(putItem(faulty, newKey())).rejects.toBeInstanceOf(ContentionError);
  });
});
