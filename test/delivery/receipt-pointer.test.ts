import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { applyDelivery } from '../../functions/hooks/apply-delivery.ts';
import { ServiceSchema } from '../../shared/contracts/configuration.ts';
import { deliver } from '../../shared/delivery/deliver.ts';
import type { DeliveryParts } from '../../shared/delivery/parts.ts';
import type { Message } from '../../shared/domain/message.ts';
import type { DeliveryEvent, SendResult } from '../../shared/providers/provider.ts';
import type { Table } from '../../shared/store/table.ts';
import { NOW, newId, permutations, tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';
import { createSetting, deliveryOf, type Setting } from './setting.ts';

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

/** The scripted provider, as one that repeats nothing of ours in its reports. */
const sender = (whileSending: () => Promise<unknown>, providerId: string): DeliveryParts => {
  setting.providers.sms.answers(async (): Promise<SendResult> => {
    await whileSending();
    return { outcome: 'accepted', providerId };
  });
  return {
    ...setting.delivery('sms'),
    providers: { twilio: { ...setting.providers.sms, needsPointer: true } },
  };
};
const send = (message: Message, parts: DeliveryParts) =>
  deliver(parts, deliveryOf(message), { remainingMs: () => 30_000 });
const report = (event: DeliveryEvent, organization = setting.organization) =>
  applyDelivery(
    { ...setting.hooks, providers: { twilio: { needsPointer: true } } },
    ServiceSchema.parse({ id: setting.services.sms, organization, type: 'twilio' }),
    event,
  );
const reported = (providerId: string, status: DeliveryEvent['status'], at = NOW): DeliveryEvent => ({
  kind: 'delivery',
  providerId,
  status,
  at,
  ...(status === 'failed' && { error: { code: '30003', class: 'permanent', message: 'Unreachable.' } }),
});
const nothing = async () => {};
const isRecord = (command: object): boolean => JSON.stringify(command).includes('"providerId"');

describe('a report that carries nothing of ours', () => {
  it('finds its message by the id that the provider gave it', async () => {
    const { messages } = await setting.given({}, {});
    const id = newId();
    await send(messages[0], sender(nothing, id));
    await report(reported(id, 'delivered'));
    expect(await setting.message(messages[0])).toMatchObject({ state: 'sent', receipt: { status: 'delivered' } });
  });

  it('that comes before the provider’s answer is not lost', async () => {
    const { messages } = await setting.given({}, {}, {});
    const id = newId();
    await send(
      messages[0],
      sender(() => report(reported(id, 'delivered')), id),
    );
    expect(await setting.message(messages[0])).toMatchObject({ state: 'sent', receipt: { status: 'delivered' } });
    expect(setting.takeTicks()).toEqual([[messages[1]?.key, 0]]);
  });

  it('of a failure before the answer fails the message, and says so', async () => {
    const { messages } = await setting.given({}, {});
    const id = newId();
    await send(
      messages[0],
      sender(() => report(reported(id, 'failed')), id),
    );
    expect(await setting.message(messages[0])).toMatchObject({
      receipt: { status: 'failed' },
      error: { code: '30003' },
    });
  });

  it.each(permutations(['sent', 'delivered', 'read'] as const))(
    'ends the same whenever it comes: %s before, %s and %s after',
    async (before, ...after) => {
      const { messages } = await setting.given({}, {});
      const id = newId();
      await send(
        messages[0],
        sender(() => report(reported(id, before)), id),
      );
      for (const status of after) await report(reported(id, status));
      expect(await setting.message(messages[0])).toMatchObject({ state: 'sent', receipt: { status: 'read' } });
    },
  );

  it('proves a send whose function ended before its record', async () => {
    const { messages } = await setting.given({}, {});
    const id = newId();
    const parts = sender(nothing, id);
    const cutOff = (command: object, ...rest: unknown[]) =>
      isRecord(command)
        ? Promise.reject(new Error('ended'))
        : Reflect.apply(table.client.send, table.client, [command, ...rest]);
    const client: Table['client'] = Object.create(table.client, { send: { value: cutOff } });
    await expect(send(messages[0], { ...parts, table: { ...table, client } })).rejects.toThrow();
    expect(await setting.message(messages[0])).toMatchObject({ state: 'sending' });
    await report(reported(id, 'delivered'));
    expect(await setting.message(messages[0])).toMatchObject({ state: 'sent', receipt: { status: 'delivered' } });
  });

  it('about another organization’s message changes nothing', async () => {
    const { messages } = await setting.given({}, {});
    const id = newId();
    await send(messages[0], sender(nothing, id));
    const before = await setting.message(messages[0]);
    await report(reported(id, 'failed'), newId());
    expect(await setting.message(messages[0])).toEqual(before);
  });
});
