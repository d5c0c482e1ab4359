import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { UserSchema } from '../../shared/contracts/configuration.ts';
import { createChannel } from '../../shared/store/channels.ts';
import { channelKey, organizationKey, userKey } from '../../shared/store/keys.ts';
import { createOrganization, toOrganization, updateOrganization } from '../../shared/store/organizations.ts';
import type { Item, Table } from '../../shared/store/table.ts';
import { putUser } from '../../shared/store/users.ts';
import { NOW, newId, tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';
import { type Receiver, startReceiver } from '../webhooks/receiver.ts';
import { createSetting, record, type Setting } from './setting.ts';

let emulator: TestTable;
let table: Table;
let receiver: Receiver;
let setting: Setting;
beforeAll(async () => {
  emulator = await startTestTable();
  table = tableOf(emulator);
  receiver = await startReceiver();
});
afterAll(async () => {
  await receiver.stop();
  await emulator.stop();
});
beforeEach(async () => {
  setting = await createSetting(table);
  await setting.givenWebhook({ organization: setting.root, url: `${receiver.url}/hook` });
});

/** What a webhook of the root is told of a change: its event and data. */
async function told(before: Item | undefined, after: Item | undefined): Promise<unknown> {
  await setting.publish(record(before, after));
  const [notification, ...others] = setting.notifications.bodies();
  expect(others).toEqual([]);
  if (!notification) return undefined;
  await setting.notify(notification);
  const { event, data } = JSON.parse(receiver.received.at(-1)?.body ?? '');
  const { links: _links, ...resources } = data;
  return { event, ...resources };
}

async function givenOrganization() {
  const id = newId();
  const path = `${setting.orgPath}#${id}`;
  const place = { parent: setting.organization, path };
  const organization = toOrganization({ id, name: 'Garage', ...place, createdAt: NOW, updatedAt: NOW });
  await createOrganization(table, organization);
  return { organization, item: { ...organizationKey(id), ...organization } };
}

it('tells of an organization, as the API shows it, to those above it', async () => {
  const { organization, item } = await givenOrganization();
  await updateOrganization(table, organization, { set: { name: 'Renamed' } });
  expect(await told(undefined, item)).toEqual({
    event: 'organization.create',
    organization: expect.objectContaining({ id: organization.id, name: 'Renamed', level: 3, path: organization.path }),
  });
});

it('tells of its deletion once it is gone, and not of closing it before', async () => {
  const { organization, item } = await givenOrganization();
  const closed = { ...item, closedAt: NOW };
  expect(await told(item, closed)).toBeUndefined();
  expect(await told(closed, undefined)).toEqual({
    event: 'organization.delete',
    organization: { id: organization.id },
  });
});

it('tells of a user what the owner of the webhook may see of them, by ids on the queue alone', async () => {
  const id = newId();
  const elsewhere = { organization: newId(), role: 'admin' as const };
  const own = { organization: setting.organization, orgPath: setting.orgPath, role: 'agent' as const, selected: true };
  const user = UserSchema.parse({ id, name: 'Ada', email: 'ada@example.com', organizations: [own, elsewhere] });
  await putUser(table, { ...user, passwordHash: 'secret' });
  const before = { ...userKey(id), ...user, name: 'Grace' };
  const written = { ...userKey(id), ...user, passwordHash: 'secret' };
  expect(await told(before, written)).toEqual({
    event: 'user.update',
    user: { id, name: 'Ada', email: 'ada@example.com', status: 'active', organizations: [own] },
  });
  expect(JSON.stringify(setting.notifications.bodies())).not.toMatch(/Ada|example\.com/);
});

it('tells of a channel', async () => {
  const channel = {
    id: newId(),
    organization: setting.organization,
    name: 'Front desk',
    createdAt: NOW,
    updatedAt: NOW,
  };
  await createChannel(table, channel);
  const item = { ...channelKey(channel.organization, channel.id), ...channel };
  expect(await told({ ...item, name: 'Desk' }, item)).toEqual({
    event: 'channel.update',
    channel: expect.objectContaining({ id: channel.id, orgPath: setting.orgPath, name: 'Front desk' }),
  });
});
