import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHooks } from '../../functions/hooks/serve.ts';
import { work } from '../../functions/worker/work.ts';
import { deliver } from '../../shared/delivery/deliver.ts';
import { tellFailure } from '../../shared/delivery/tell-failure.ts';
import type { Message } from '../../shared/domain/message.ts';
import type { Rejected } from '../../shared/providers/provider.ts';
import { EnqueueError } from '../../shared/queue/send.ts';
import { markDeleted } from '../../shared/store/deletion.ts';
import { listNewest } from '../../shared/store/message-lists.ts';
import type { Table } from '../../shared/store/table.ts';
import { twilioStatus } from '../hooks/requests.ts';
import { NOW, tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';
import { addressOf, createSetting, deliveryOf, inSeconds, type Setting } from './setting.ts';

let emulator: TestTable;
let table: Table;
let setting: Setting;
beforeAll(async () => {
  emulator = await startTestTable();
  table = tableOf(emulator);
});
afterAll(() => emulator.stop());
beforeEach(async () => {
  setting = await createSetting(table);
});

const LANDLINE: Rejected = {
  outcome: 'rejected',
  class: 'permanent',
  scope: 'recipient',
  code: '21614',
  message: 'It is a landline.',
};
const ERROR = { code: '30005', class: 'permanent', message: 'Unknown destination.' } as const;

const send = (message: Message, parts = setting.delivery('sms')) =>
  deliver(parts, deliveryOf(message), { remainingMs: () => 30_000 });
const tick = (message: Message) => work(setting.worker, addressOf(message));
const report = ({ conversation, key, attempt, id }: Message, status: string) =>
  createHooks(setting.hooks)(
    twilioStatus(setting.services.sms, { conversation, key, attempt, message: id }, status, {
      fields: { ErrorCode: '30005' },
    }),
  );
/** What the stream says of failures, as an agent reads it. */
const told = async ({ conversation }: Message) =>
  (await listNewest(table, conversation, 100)).filter(({ type }) => type === 'status');
const saying = (of: Message | undefined, code: string) => ({
  role: 'bot',
  isBackchannel: true,
  state: 'done',
  meta: { message: of?.id, code },
});

describe('the stream of a conversation says that a message failed', () => {
  it('when the provider refuses it, with the reason, behind it and before the next', async () => {
    const { messages } = await setting.given({}, {}, {});
    setting.providers.sms.answers(LANDLINE);
    await send(messages[0]);
    const stream = await listNewest(table, messages[0].conversation, 10);
    expect(stream.map(({ id, type }) => (type === 'status' ? 'status' : id))).toEqual([
      messages[0].id,
      'status',
      messages[1]?.id,
    ]);
    expect(stream[1]).toMatchObject({
      ...saying(messages[0], '21614'),
      text: 'The message by sms failed: It is a landline.',
    });
  });

  it('when its time is over', async () => {
    const { messages } = await setting.given({}, { due: inSeconds(-90_000), expiresAt: NOW - 1 });
    await tick(messages[0]);
    expect(await told(messages[0])).toMatchObject([saying(messages[0], 'expired')]);
  });

  it('when nobody can tell whether it was sent', async () => {
    const unclear = { state: 'unknown', touchpoint: 'whatsapp', attempt: 1, until: NOW - 1 } as const;
    const { messages } = await setting.given({}, unclear);
    await tick(messages[0]);
    expect(await told(messages[0])).toMatchObject([saying(messages[0], 'unknown')]);
  });

  it('when a command cannot be carried out', async () => {
    const { messages } = await setting.given({}, { type: 'command', text: '/dance', touchpoint: undefined });
    await tick(messages[0]);
    const [status] = await told(messages[0]);
    expect(status?.text).toMatch(/^The message failed: /);
  });

  it('when a report says so after it was sent', async () => {
    const { messages } = await setting.given({}, { state: 'sent', attempt: 1, providerId: 'SM1' });
    await report(messages[0], 'undelivered');
    expect(await told(messages[0])).toMatchObject([saying(messages[0], '30005')]);
  });
});

describe('a failure', () => {
  it('is told once, however often it is met', async () => {
    const { messages } = await setting.given({}, { state: 'failed', error: ERROR }, { due: inSeconds(5) });
    for (let times = 0; times < 2; times++) {
      await tick(messages[0]);
      await report(messages[0], 'failed');
      await send(messages[0]);
    }
    await Promise.all([tick(messages[0]), tick(messages[0])]);
    expect(await told(messages[0])).toHaveLength(1);
  });

  it('is told by whoever comes next, when the one that stored it was cut off', async () => {
    const { messages } = await setting.given({}, {});
    setting.providers.sms.answers(LANDLINE);
    const cutOff = { ...setting.delivery('sms'), table: refusingTransactions(table) };
    await expect(send(messages[0], cutOff)).rejects.toThrow('cut off');
    expect(await setting.message(messages[0])).toMatchObject({ state: 'failed' });
    expect(await told(messages[0])).toEqual([]);
    await send(messages[0]);
    expect(await told(messages[0])).toHaveLength(1);
  });

  it('is told before the next message is woken', async () => {
    const { messages } = await setting.given({}, { state: 'failed', error: ERROR }, {});
    const ticker = {
      tick: async () => {
        expect(await told(messages[0])).toHaveLength(1);
        throw new EnqueueError(1);
      },
    };
    await work({ ...setting.worker, ticker }, addressOf(messages[0])).catch((error: unknown) => {
      expect(error).toBeInstanceOf(EnqueueError);
    });
    expect.assertions(2);
  });

  it('holds up nobody behind it, and is nobody’s turn', async () => {
    const { messages } = await setting.given({}, { state: 'failed', error: ERROR }, {}, {});
    await tellFailure(setting.worker, messages[0]);
    await tick(messages[0]);
    expect(setting.takeTicks()).toEqual([[messages[1]?.key, 0]]);
    await tick(messages[1] ?? messages[0]);
    expect(setting.deliveries.sms.bodies()).toMatchObject([{ key: messages[1]?.key }]);
  });

  it('of a deleted contact is told to nobody', async () => {
    const { conversation, messages } = await setting.given({}, { state: 'failed', error: ERROR });
    await markDeleted(table, conversation, NOW);
    await tellFailure(setting.worker, messages[0]);
    expect(await told(messages[0])).toEqual([]);
  });

  it('is not made of a message that arrived, or that somebody withdrew', async () => {
    const { messages } = await setting.given(
      {},
      { state: 'sent', receipt: { status: 'delivered', at: NOW }, error: ERROR },
      { state: 'canceled' },
    );
    for (const message of messages) await tellFailure(setting.worker, message);
    expect(await told(messages[0])).toEqual([]);
  });
});

/** The table for somebody who dies at the first transaction. */
const refusingTransactions = ({ client, name }: Table): Table => ({
  name,
  client: Object.create(client, {
    send: {
      value: (command: { constructor: { name: string } }, ...rest: unknown[]) =>
        command.constructor.name === 'TransactWriteCommand'
          ? Promise.reject(new Error('cut off'))
          : Reflect.apply(client.send, client, [command, ...rest]),
    },
  }),
});
