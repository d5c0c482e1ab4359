import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHooks } from '../../functions/hooks/serve.ts';
import type { Message } from '../../shared/domain/message.ts';
import { listBetween } from '../../shared/store/message-lists.ts';
import type { Table } from '../../shared/store/table.ts';
import { createSetting, type Setting } from '../delivery/setting.ts';
import { NOW, tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';
import { metaStatus, metaWebhook } from './requests.ts';

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

const fallback = { use: { name: 'car_ready', language: 'nl', parameters: ['John'] }, text: 'Klaar, John!' };
const given = async (message: Partial<Message> = {}) => {
  const text = { touchpoint: 'whatsapp', state: 'sent', text: 'Hi', meta: { color: 'red' }, fallback } as const;
  return (await setting.given({}, { ...text, ...message })).messages[0];
};
const report = ({ conversation, key, id, attempt }: Message, code = 131047, of = attempt) =>
  createHooks(setting.hooks)(
    metaWebhook(setting.services.whatsapp, {
      statuses: [metaStatus({ conversation, key, attempt: of, message: id }, 'failed', { errors: [{ code }] })],
    }),
  );
const others = async ({ conversation, key }: Message) =>
  (await listBetween(table, conversation, { from: 0, to: NOW + 1 })).filter(
    (message) => message.key !== key && message.type !== 'status',
  );

describe('a message that was taken and then did not reach the contact', () => {
  const otherwise = [
    { touchpoint: 'sms', text: 'By SMS' },
    { touchpoint: 'email', text: 'By email' },
  ] as const;

  it('is followed by itself by its next touchpoint, once, however often that is reported', async () => {
    const message = await given({ otherwise, fallbackUsed: true });
    await Promise.all([report(message, 131026), report(message, 131026)]);
    await report(message, 131026);
    expect(await others(message)).toMatchObject([
      { state: 'pending', touchpoint: 'sms', text: 'By SMS', otherwise: [otherwise[1]], fallbackOf: message.id },
    ]);
  });

  it('is followed by its fallback first, which has the same touchpoints left', async () => {
    const message = await given({ otherwise });
    await report(message);
    expect(await others(message)).toMatchObject([{ touchpoint: 'whatsapp', text: 'Klaar, John!', otherwise }]);
  });

  it.each<[string, Partial<Message>, number]>([
    ['an attempt is unclear', { unclear: true }, 131026],
    ['none is left', { givenUp: [{ touchpoint: 'email', code: 'x' }], otherwise: [otherwise[0]] }, 131026],
    ['the account is at fault', {}, 131042],
  ])('is followed by nothing when %s', async (_, message, code) => {
    const refused = await given({ otherwise, ...message });
    await report(refused, code);
    expect(await others(refused)).toEqual([]);
  });
});

describe('a text that was taken and then refused because the window is closed', () => {
  it.each<Message['state']>(['sent', 'unknown'])('and is %s is followed by its fallback', async (state) => {
    const message = await given({ state });
    await report(message);
    const [follower] = await others(message);
    expect(follower).toMatchObject({
      state: 'pending',
      attempt: 0,
      role: 'agent',
      touchpoint: 'whatsapp',
      text: 'Klaar, John!',
      template: fallback.use,
      meta: { color: 'red', callerText: 'Hi' },
      fallbackOf: message.id,
      seq: message.seq + 1,
    });
    expect(await setting.message(message)).toMatchObject({ fallbackBy: follower?.id, receipt: { status: 'failed' } });
    expect(await setting.conversation(message.conversation)).toMatchObject({ seq: message.seq + 1 });
    expect(setting.takeTicks()).toContainEqual([follower?.key, 0]);
  });

  it('is followed once, however often that is reported', async () => {
    const message = await given();
    await Promise.all([report(message), report(message), report(message)]);
    await report(message);
    expect(await others(message)).toHaveLength(1);
  });

  it.each<[string, Partial<Message>, number]>([
    ['has none', { fallback: undefined }, 131047],
    ['went as its fallback', { fallbackUsed: true }, 131047],
    ['failed for another reason', {}, 131026],
    ['arrived after all', { receipt: { status: 'delivered', at: NOW } }, 131047],
  ])('is followed by nothing if it %s', async (_, message, code) => {
    const refused = await given(message);
    await report(refused, code);
    expect(await others(refused)).toEqual([]);
  });

  it('is followed by nothing while a later attempt is under way', async () => {
    const message = await given({ state: 'pending', attempt: 2 });
    await report(message, 131047, 1);
    expect(await others(message)).toEqual([]);
  });
});
