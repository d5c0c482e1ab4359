import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { receiveEvent } from '../../functions/hooks/receive-event.ts';
import { ServiceSchema } from '../../shared/contracts/configuration.ts';
import type { Message } from '../../shared/domain/message.ts';
import { readSmsEvent } from '../../shared/providers/aws-sms/read-event.ts';
import { correlationFields } from '../../shared/providers/correlation.ts';
import type { QueuedEvent } from '../../shared/providers/provider.ts';
import { putService } from '../../shared/store/configuration.ts';
import type { Table } from '../../shared/store/table.ts';
import { createSetting, type Setting } from '../delivery/setting.ts';
import { smsEvent } from '../providers/contract/aws-sms.ts';
import { NOW, newId, permutations, tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';
import { withMails } from './mails.ts';

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
  const { organization } = setting;
  await putService(table, ServiceSchema.parse({ id: newId(), organization, type: 'aws-sms' }));
});

const receive = (event: QueuedEvent) =>
  receiveEvent({ ...withMails(setting.hooks).parts, providers: { 'aws-sms': { parseEvent: readSmsEvent } } }, event);
const about = ({ conversation, key, attempt, id }: Message, status: string, more: object = {}) =>
  smsEvent(status, { context: correlationFields({ conversation, key, attempt, message: id }), ...more });
const sending: Partial<Message> = { state: 'sending', token: 't', lease: NOW + 45_000, attempt: 1 };

describe('an event of AWS about an SMS', () => {
  it('comes to the same in whatever order the events come, each twice', async () => {
    for (const order of permutations(['PENDING', 'SUCCESSFUL', 'DELIVERED'])) {
      const { messages } = await setting.given({ profile: {} }, sending);
      for (const status of [...order, ...order]) await receive(about(messages[0], status));
      expect(await setting.message(messages[0])).toMatchObject({ state: 'sent', receipt: { status: 'delivered' } });
    }
  });

  it.each([
    ['CARRIER_BLOCKED', 'failed', 'permanent'],
    ['CARRIER_UNREACHABLE', 'failed', 'retryable'],
  ])('that says %s of the attempt under way has it %s, and the next is woken', async (status, state, failure) => {
    const { messages } = await setting.given({}, sending, {});
    await receive(about(messages[0], status));
    expect(await setting.message(messages[0])).toMatchObject({ state, error: { code: status, class: failure } });
    expect(setting.takeTicks()).toEqual([[messages[1]?.key, 0]]);
  });

  it('that AWS will never know more leaves the receipt as it was', async () => {
    const { messages } = await setting.given({}, { state: 'sent', receipt: { status: 'sent', at: NOW } });
    await receive(about(messages[0], 'UNKNOWN'));
    expect(await setting.message(messages[0])).toEqual(messages[0]);
  });

  it.each<[string, (message: Message) => QueuedEvent]>([
    ['without a context of ours', (message) => about(message, 'DELIVERED', { context: { campaign: '7' } })],
    ['about another message in that place', (message) => about({ ...message, id: newId() }, 'DELIVERED')],
    ['about a message that went by another provider', (message) => about(message, 'DELIVERED', {})],
  ])('%s is counted, and changes nothing', async (what, event) => {
    const by = what.includes('another provider') ? { service: setting.services.sms } : {};
    const { messages } = await setting.given({}, { ...sending, ...by });
    await receive(event(messages[0]));
    expect(await setting.message(messages[0])).toEqual(messages[0]);
    expect(setting.observe.counts.get('EventIgnored')).toBe(1);
  });
});
