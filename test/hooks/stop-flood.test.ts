import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHooks } from '../../functions/hooks/serve.ts';
import { deliver } from '../../shared/delivery/deliver.ts';
import type { DeliveryParts } from '../../shared/delivery/parts.ts';
import { TryLaterError } from '../../shared/queue/consume.ts';
import { type Clock, systemClock } from '../../shared/runtime/clock.ts';
import { toMessageItems } from '../../shared/store/message-item.ts';
import { listBetween } from '../../shared/store/message-lists.ts';
import { batchWrite, type Table } from '../../shared/store/table.ts';
import { createSetting, deliveryOf } from '../delivery/setting.ts';
import { aMessage, tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';
import { twilioInbound } from './requests.ts';

let emulator: TestTable;
let table: Table;
beforeAll(async () => {
  emulator = await startTestTable();
  table = tableOf(emulator);
});
afterAll(() => emulator.stop());

const HOUR_MS = 3_600_000;
const WAITING = 1_000;
const AT_ONCE = 10;

it('a STOP while 1,000 queued and delayed messages wait: none leaves after it is answered', async () => {
  const setting = await createSetting(table);
  const start = systemClock.now();
  const { conversation, messages } = await setting.given({ lastAt: start, seq: WAITING }, { due: start });
  const waiting = Array.from({ length: WAITING - 1 }, (_, index) =>
    aMessage({
      conversation: conversation.id,
      organization: setting.organization,
      seq: index + 2,
      due: index % 2 === 0 ? start : start + HOUR_MS,
      expiresAt: start + 24 * HOUR_MS,
    }),
  );
  await batchWrite(
    table,
    waiting.map((message) => ({ PutRequest: { Item: toMessageItems(message).item } })),
  );
  const all = [...messages, ...waiting];

  let onTheirWay = 0;
  let sent = 0;
  let isAnswered = false;
  const leftAfterwards: string[] = [];
  const provider = {
    ...setting.providers.sms,
    async send() {
      if (isAnswered) leftAfterwards.push('sent');
      onTheirWay += 1;
      await systemClock.sleep(20);
      onTheirWay -= 1;
      sent += 1;
      return { outcome: 'accepted', providerId: `SM${sent}` } as const;
    },
  };
  const sending = async (clock: Clock, due: (moment: number) => boolean) => {
    const parts: DeliveryParts = { ...setting.delivery('sms'), clock, providers: { twilio: provider } };
    const queue = all.filter((message) => due(message.due));
    const take = async (): Promise<void> => {
      for (let message = queue.shift(); message; message = queue.shift()) {
        await deliver(parts, deliveryOf(message), { remainingMs: () => 30_000 }).catch((error: unknown) => {
          if (!(error instanceof TryLaterError)) throw error;
        });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, take));
  };

  const hooks = createHooks({ ...setting.hooks, clock: systemClock });
  const queued = sending(systemClock, (due) => due === start);
  while (sent < 30) await systemClock.sleep(5);
  await hooks(twilioInbound(setting.services.sms, { Body: 'STOP' }));
  expect(onTheirWay).toBe(0);
  isAnswered = true;
  await queued;
  const anHourLater: Clock = { ...systemClock, now: () => systemClock.now() + HOUR_MS };
  await sending(anHourLater, (due) => due > start);

  expect(leftAfterwards).toEqual([]);
  expect(sent).toBeLessThan(WAITING / 2);
  const outbound = await listBetween(table, conversation.id, { from: start, to: start + HOUR_MS });
  const ends = outbound.filter(({ inbound }) => !inbound).map(({ state, error }) => error?.code ?? state);
  expect(ends.filter((end) => end === 'sent')).toHaveLength(sent);
  expect(ends.filter((end) => end === 'opted_out')).toHaveLength(WAITING - sent);
}, 120_000);
