import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HookParts } from '../../functions/hooks/parts.ts';
import { receiveEvent } from '../../functions/hooks/receive-event.ts';
import { createHooks } from '../../functions/hooks/serve.ts';
import { ServiceSchema } from '../../shared/contracts/configuration.ts';
import { deliver } from '../../shared/delivery/deliver.ts';
import type { DeliveryParts } from '../../shared/delivery/parts.ts';
import type { Message } from '../../shared/domain/message.ts';
import { readSocialEvent } from '../../shared/providers/aws-social/read-event.ts';
import { createTwilio } from '../../shared/providers/twilio/twilio.ts';
import { putService } from '../../shared/store/configuration.ts';
import { listNewest } from '../../shared/store/message-lists.ts';
import type { Table } from '../../shared/store/table.ts';
import { createSetting, deliveryOf, type Setting } from '../delivery/setting.ts';
import { newId, permutations, tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';
import { withMails } from './mails.ts';
import { twilioStatus } from './requests.ts';

let emulator: TestTable;
let table: Table;
let setting: Setting;
let providerId: string;
beforeAll(async () => {
  emulator = await startTestTable();
  table = tableOf(emulator);
});
afterAll(() => emulator.stop());
beforeEach(async () => {
  setting = await createSetting(table);
});

/** Twilio as one that repeats nothing of ours. */
const hooksOf = ({ hooks }: Setting): HookParts => ({
  ...hooks,
  providers: { twilio: { ...createTwilio(), needsPointer: true } },
});
const senderOf = (overrides: Partial<DeliveryParts> = {}): DeliveryParts => ({
  ...setting.delivery('sms'),
  providers: { twilio: { ...setting.providers.sms, needsPointer: true } },
  ...overrides,
});
const send = (message: Message, parts = senderOf()) =>
  deliver(parts, deliveryOf(message), { remainingMs: () => 30_000 });
const report = (status: string, by = setting) =>
  createHooks(hooksOf(by))(
    twilioStatus(by.services.sms, undefined, status, { fields: { MessageSid: providerId, ErrorCode: '30005' } }),
  );

async function given(...messages: Partial<Message>[]) {
  const stored = await setting.given({}, ...messages);
  providerId = `SM${newId()}`;
  setting.providers.sms.answers({ outcome: 'accepted', providerId });
  return stored.messages;
}

/** A table that fails at the call which stores what an id stands for, once. */
function failingAtPointer(): Table {
  let isBroken = false;
  const client: Table['client'] = Object.assign(Object.create(table.client), {
    send: (command: { input: { Key?: { pk?: string } } }) => {
      if (isBroken || !command.input.Key?.pk?.startsWith('R#')) return table.client.send(command as never);
      isBroken = true;
      return Promise.reject(new Error('The table is away.'));
    },
  });
  return { ...table, client };
}

describe('a report of a provider that repeats nothing of ours', () => {
  it.each(permutations(['send', 'sent', 'delivered']))(
    'comes to the same in the order %s, %s, %s',
    async (...order) => {
      const [message] = await given({});
      for (const step of order) await (step === 'send' ? send(message) : report(step));
      expect(await setting.message(message)).toMatchObject({
        state: 'sent',
        providerId,
        receipt: { status: 'delivered' },
      });
    },
  );

  it('comes to the same when all come at once, each twice', async () => {
    const [message] = await given({});
    await Promise.all([report('sent'), send(message), report('delivered'), report('sent'), report('delivered')]);
    expect(await setting.message(message)).toMatchObject({ state: 'sent', receipt: { status: 'delivered' } });
  });

  it.each(permutations(['send', 'undelivered']))('of a failure is told in the order %s, %s', async (...order) => {
    const [message] = await given({});
    for (const step of order) await (step === 'send' ? send(message) : report(step));
    expect(await setting.message(message)).toMatchObject({ receipt: { status: 'failed' }, error: { code: '30005' } });
    const told = (await listNewest(table, message.conversation, 10)).filter(({ type }) => type === 'status');
    expect(told).toMatchObject([{ meta: { message: message.id, code: '30005' } }]);
  });

  it('waits, and is counted, while nothing stands under its id', async () => {
    const [message] = await given({});
    await report('delivered');
    expect(await setting.message(message)).toEqual(message);
    expect(setting.observe.counts.get('ReceiptParked')).toBe(1);
  });

  it.each(permutations(['send', 'undelivered']))(
    'by another organization’s service changes nothing: %s, %s',
    async (...order) => {
      const other = await createSetting(table);
      const [message] = await given({});
      for (const step of order) await (step === 'send' ? send(message) : report(step, other));
      const found = await setting.message(message);
      expect(found).toMatchObject({ state: 'sent', receipt: { status: 'accepted' } });
      expect(found.error).toBeUndefined();
    },
  );

  it('does not lose the one of the right organization to one of another', async () => {
    const other = await createSetting(table);
    const [message] = await given({});
    await report('delivered', other);
    await report('delivered');
    await send(message);
    expect(await setting.message(message)).toMatchObject({ receipt: { status: 'delivered' } });
  });

  it('is made good when the delivery was cut off before it told the id', async () => {
    const [message, next] = await given({}, {});
    await report('delivered');
    await expect(send(message, senderOf({ table: failingAtPointer() }))).rejects.toThrow('The table is away.');
    expect(await setting.message(message)).toMatchObject({ state: 'sent', receipt: { status: 'accepted' } });
    expect(setting.takeTicks().map(([key]) => key)).toEqual([next?.key]);
    await send(message);
    expect(setting.providers.sms.requests).toHaveLength(1);
    expect(await setting.message(message)).toMatchObject({ receipt: { status: 'delivered' } });
  });

  it('is kept under a hash of the id, for a time', async () => {
    const [message] = await given({});
    await send(message);
    const { Items = [] } = await table.client.send(new ScanCommand({ TableName: table.name }));
    const pointers = Items.filter(({ pointed }) => pointed?.message === message.id);
    expect(pointers).toMatchObject([{ pk: expect.stringMatching(/^R#twilio#/), ttl: expect.any(Number) }]);
    expect(JSON.stringify(pointers)).not.toContain(providerId);
  });
});

describe('a message whose unclear attempt is found at such a provider', () => {
  it('is pointed to as well', async () => {
    const [message] = await given({ state: 'unknown', attempt: 0, until: setting.clock.now() - 1, unclear: true });
    setting.providers.sms.finds({ outcome: 'found', providerIds: [providerId] });
    await report('delivered');
    await deliver(senderOf(), deliveryOf(message, { resolve: true }), { remainingMs: () => 30_000 });
    expect(await setting.message(message)).toMatchObject({
      state: 'sent',
      provider: 'twilio',
      receipt: { status: 'delivered' },
    });
  });
});

describe('an event of AWS about a WhatsApp message', () => {
  const event = (messageId: string) => ({
    source: 'aws.social-messaging',
    detailType: 'WhatsApp Message Delivered',
    detail: { messageId, status: 'delivered' },
  });
  const receive = (messageId: string) =>
    receiveEvent(
      {
        ...withMails(setting.hooks).parts,
        providers: { 'aws-social': { needsPointer: true, parseEvent: readSocialEvent } },
      },
      event(messageId),
    );

  it.each(permutations(['delivery', 'event']))('finds the message by its id alone: %s, %s', async (...order) => {
    const service = newId();
    const { organization } = setting;
    await putService(table, ServiceSchema.parse({ id: service, organization, type: 'aws-social', params: {} }));
    const carried = { touchpoint: 'whatsapp', service, provider: 'aws-social', providerId: newId() } as const;
    const { messages } = await setting.given({}, { state: 'sent', ...carried });
    const social = { ...setting.providers.whatsapp, name: 'aws-social' as const, needsPointer: true };
    const parts = { ...setting.delivery('whatsapp'), providers: { 'aws-social': social } };
    for (const step of order) await (step === 'delivery' ? send(messages[0], parts) : receive(carried.providerId));
    expect(await setting.message(messages[0])).toMatchObject({ receipt: { status: 'delivered' } });
    expect(social.requests).toEqual([]);
  });
});
