import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { retell } from '../../functions/publisher/retell.ts';
import { BusEventSchema, type RetoldEvent, RetoldEventSchema } from '../../shared/contracts/bus-event.ts';
import { OrganizationSchema } from '../../shared/contracts/configuration.ts';
import { NotificationSchema } from '../../shared/contracts/queue-messages.ts';
import { TryLaterError } from '../../shared/queue/consume.ts';
import { EnqueueError, type Outgoing } from '../../shared/queue/send.ts';
import { putOrganization } from '../../shared/store/configuration.ts';
import { serviceKey } from '../../shared/store/keys.ts';
import { putItem, type Table } from '../../shared/store/table.ts';
import { NOW, tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';
import { createMeter } from '../support/meter.ts';
import { createSetting, record, type Setting } from './setting.ts';

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

const told = () => setting.notifications.bodies().map(({ service, event }) => [service, event]);

describe('what the stream tells of', () => {
  it('goes to the webhooks of the organization and of those above it, once each', async () => {
    const own = await setting.givenWebhook();
    const above = await setting.givenWebhook({ organization: setting.root });
    const { conversation, message } = await setting.given();
    await setting.publish(
      record(undefined, setting.conversationItem(conversation)),
      record(undefined, setting.messageItem(message)),
    );
    const events = ['contact.create', 'conversation.create', 'message.create.contact.chat'];
    expect(told().toSorted()).toEqual([own, above].flatMap(({ id }) => events.map((event) => [id, event])).toSorted());
  });

  it('goes nowhere else: not to other organizations, not to webhooks that are not active', async () => {
    const other = await createSetting(table);
    await other.givenWebhook();
    await setting.givenWebhook({ status: 'unverified' });
    await setting.givenWebhook({ status: 'disabled' });
    const { message } = await setting.given();
    await setting.publish(record(undefined, setting.messageItem(message)));
    expect(told()).toEqual([]);
  });

  it('does not go down: what happens above is nothing of those below', async () => {
    await setting.givenWebhook();
    const { conversation } = await setting.given({ organization: setting.root, orgPath: setting.root });
    await setting.publish(record(undefined, setting.conversationItem(conversation)));
    expect(told()).toEqual([]);
  });

  it('goes to those that want it', async () => {
    const commands = await setting.givenWebhook({ events: ['message.create.*.command'] });
    const older = await setting.givenWebhook({ events: ['user.*', 'conversation.message'] });
    await setting.givenWebhook({ events: [] });
    const { message } = await setting.given({}, { type: 'command', text: '/join' });
    await setting.publish(record(undefined, setting.messageItem(message)));
    const event = 'message.create.contact.command';
    expect(told().toSorted()).toEqual(
      [
        [commands.id, event],
        [older.id, event],
      ].toSorted(),
    );
  });

  it('names the type of the conversation of a message', async () => {
    const { id } = await setting.givenWebhook({ events: ['message.**'] });
    const { conversation, message } = await setting.given();
    const item = { ...setting.conversationItem(conversation), type: 'agent' };
    await putItem(table, item);
    await setting.publish(record(undefined, setting.messageItem(message)));
    expect(told()).toEqual([[id, 'message.create.agent.chat']]);
  });

  it('is put as ids, with nothing that a person wrote or is called', async () => {
    const { id: service } = await setting.givenWebhook({ events: ['message.create.**'] });
    const { conversation, message } = await setting.given({}, { text: 'My name is John' });
    await setting.publish(record(undefined, setting.messageItem(message)));
    const [sent] = setting.notifications.sent;
    expect(NotificationSchema.strict().parse(sent?.body)).toEqual({
      delivery: expect.stringMatching(/^[0-9a-f]{24}$/),
      service,
      owner: setting.organization,
      organization: setting.organization,
      event: 'message.create.contact.chat',
      at: NOW,
      ids: { conversation: conversation.id, message: message.id, key: message.key },
      attempt: 0,
      since: NOW,
    });
    expect(sent?.group).toBe(service);
  });

  it('has the same ids when the batch is read again, and others for another record, event or webhook', async () => {
    await setting.givenWebhook();
    await setting.givenWebhook();
    const { conversation } = await setting.given();
    const item = setting.conversationItem(conversation);
    const first = record(undefined, item);
    await setting.publish(first);
    const ids = setting.notifications.bodies().map(({ delivery }) => delivery);
    expect(new Set(ids).size).toBe(4);
    setting.notifications.clear();
    await setting.publish(first);
    expect(setting.notifications.bodies().map(({ delivery }) => delivery)).toEqual(ids);
    setting.notifications.clear();
    await setting.publish(record(undefined, item));
    expect(setting.notifications.bodies().filter(({ delivery }) => ids.includes(delivery))).toEqual([]);
  });

  it('comes again when the queue did not take it', async () => {
    await setting.givenWebhook();
    const { conversation } = await setting.given();
    setting.notifications.refuseNext();
    await expect(setting.publish(record(undefined, setting.conversationItem(conversation)))).rejects.toBeInstanceOf(
      EnqueueError,
    );
  });

  it('may be of a service itself, also of one that is gone', async () => {
    const { id } = await setting.givenWebhook({ organization: setting.root });
    const gone = { ...serviceKey(setting.organization, 's'), id: 's', organization: setting.organization, type: 'ses' };
    await setting.publish(record(gone, undefined));
    expect(told()).toEqual([[id, 'service.delete']]);
  });

  it('costs a conversation no read and no write of the table where nobody listens', async () => {
    const { conversation, message } = await setting.given();
    await setting.publish(record(undefined, setting.conversationItem(conversation)));
    const meter = createMeter(table.client);
    const { usage } = await meter.measure(() => setting.publish(record(undefined, setting.messageItem(message))));
    expect(usage.commands.filter((command) => command !== 'QueryCommand')).toEqual([]);
  });
});

describe('the event bus', () => {
  const given = async (settings: { own?: string[]; above?: string[] }) => {
    const of = (id: string, path: string, events?: string[]) =>
      putOrganization(table, OrganizationSchema.parse({ id, name: 'Any', path, settings: events && { events } }));
    await of(setting.organization, setting.orgPath, settings.own);
    await of(setting.root, setting.root, settings.above);
    const { conversation, message } = await setting.given();
    const publish = () =>
      setting.publish(
        record(undefined, setting.conversationItem(conversation), `${conversation.id}-1`),
        record(undefined, setting.messageItem(message), `${conversation.id}-2`),
      );
    return { conversation, message, publish };
  };

  it('is told of what the organization or one above it wants told, in ids and names, as the schema says', async () => {
    const { conversation, message, publish } = await given({ own: ['message.create.**'], above: ['contact.*'] });
    await publish();
    const common = {
      version: '1',
      organization: setting.organization,
      orgPath: setting.orgPath,
      at: new Date(NOW).toISOString(),
    };
    expect(setting.told).toEqual([
      {
        ...common,
        id: expect.stringMatching(/^[0-9a-f]{24}$/),
        event: 'contact.create',
        ids: { conversation: conversation.id, contact: conversation.contact },
      },
      {
        ...common,
        id: expect.stringMatching(/^[0-9a-f]{24}$/),
        event: 'message.create.contact.chat',
        ids: { conversation: conversation.id, message: message.id },
      },
    ]);
    for (const event of setting.told) expect(BusEventSchema.strict().parse(event)).toEqual(event);
  });

  it('is told of nothing unless somebody wants that', async () => {
    const { publish } = await given({});
    await publish();
    expect(setting.told).toEqual([]);
  });

  it('is told again by the queue of what it did not take, with its id, until it takes it', async () => {
    const { publish } = await given({ own: ['**'] });
    setting.refuseNext(({ event }) => event === 'contact.create');
    await publish();
    const [retold, ...others] = setting.notifications.sent as unknown as Outgoing<RetoldEvent>[];
    expect(others).toEqual([]);
    expect(retold).toMatchObject({ body: { bus: { event: 'contact.create' } }, group: setting.organization });
    if (!retold) throw new Error('Nothing is told again.');
    setting.refuseNext();
    await expect(retell(setting.parts.bus, retold.body)).rejects.toBeInstanceOf(TryLaterError);
    await retell(setting.parts.bus, RetoldEventSchema.parse(retold.body));
    expect(setting.told.at(-1)).toEqual(retold.body.bus);
  });
});

describe('inboxes', () => {
  it('follow their conversations', async () => {
    const { conversation } = await setting.given();
    const before = setting.conversationItem(conversation);
    const channel = `channel-${conversation.id}`;
    const after = setting.conversationItem({ ...conversation, channels: [channel], version: 1 });
    await setting.publish(record(undefined, before), record(before, after));
    const listed = async () =>
      (
        await table.client.send(
          new QueryCommand({
            TableName: table.name,
            KeyConditionExpression: 'pk = :pk',
            ExpressionAttributeValues: { ':pk': `Q#${channel}` },
          }),
        )
      ).Items?.map(({ sk }) => String(sk));
    expect(await listed()).toEqual([expect.stringContaining(conversation.id)]);
    await setting.publish(record(after, before));
    expect(await listed()).toEqual([]);
  });
});
