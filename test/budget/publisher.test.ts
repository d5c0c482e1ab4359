import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Table } from '../../shared/store/table.ts';
import { createSetting, HOUR, record, type Setting } from '../publisher/setting.ts';
import { tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';
import { createMeter, type Meter } from '../support/meter.ts';
import { type Receiver, startReceiver } from '../webhooks/receiver.ts';

let emulator: TestTable;
let table: Table;
let meter: Meter;
let receiver: Receiver;
let setting: Setting;
beforeAll(async () => {
  emulator = await startTestTable();
  table = tableOf(emulator);
  meter = createMeter(table.client);
  receiver = await startReceiver();
  setting = await createSetting(table, { rememberMs: HOUR });
});
afterAll(async () => {
  await receiver.stop();
  await emulator.stop();
});

const units = async (work: () => Promise<unknown>) => {
  const { usage } = await meter.measure(work);
  return { writes: usage.writeUnits, reads: usage.readUnits, calls: usage.calls };
};

it('tells of a bot’s start where nobody listens for nothing: no read and no write', async () => {
  const { conversation, message } = await setting.given();
  const start = [
    record(undefined, setting.conversationItem(conversation)),
    record(undefined, setting.messageItem(message)),
  ];
  await setting.publish(...start);
  expect(await units(() => setting.publish(...start))).toEqual({ writes: 0, reads: 0, calls: 0 });
});

it('tells a webhook of a message for three reads: one to name the event, two for what is shown', async () => {
  const listened = await createSetting(table, { rememberMs: HOUR });
  await listened.givenWebhook({ url: receiver.url, events: ['message.**'] });
  const { message } = await listened.given();
  const created = record(undefined, listened.messageItem(message));
  await listened.publish(created);
  const [first] = listened.notifications.bodies();
  if (!first) throw new Error('Nobody is told.');
  await listened.notify(first);
  expect(await units(() => listened.publish(created))).toEqual({ writes: 0, reads: 1, calls: 1 });
  expect(await units(() => listened.notify(first))).toEqual({ writes: 0, reads: 2, calls: 2 });
});
