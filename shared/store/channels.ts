import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { type Channel, ChannelSchema } from '../contracts/configuration.ts';
import { absent, type Changes } from './expression.ts';
import { CHANNEL_PREFIX, channelKey, channelPointerKey, type ItemKey, organizationPk } from './keys.ts';
import { demandOpen } from './organizations.ts';
import { queryAll } from './query-all.ts';
import { deleteAction, type Item, putAction, type Table, transact, updateItem } from './table.ts';
import { unchangedSince } from './versions.ts';

const keyOf = ({ organization, id }: Channel): ItemKey => channelKey(organization, id);

/** An organization's channels, in the order of their ids. Consistent. */
export async function listChannels(table: Table, organization: string): Promise<Channel[]> {
  const items = await queryAll(table, {
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':pk': organizationPk(organization), ':prefix': CHANNEL_PREFIX },
    ConsistentRead: true,
  });
  return items.map((item) => ChannelSchema.parse(item));
}

/** By its id alone, as it is now; undefined when there is none. Consistent. */
export async function findChannel(table: Table, id: string): Promise<Channel | undefined> {
  const pointer = await getItem(table, channelPointerKey(id));
  const item = pointer && (await getItem(table, channelKey(String(pointer.organization), id)));
  return item && ChannelSchema.parse(item);
}

const getItem = async (table: Table, Key: ItemKey): Promise<Item | undefined> =>
  (await table.client.send(new GetCommand({ TableName: table.name, Key: { ...Key }, ConsistentRead: true }))).Item;

/** Stores a new channel with the pointer that finds it; false when its organization is gone. */
export async function createChannel(table: Table, channel: Channel): Promise<boolean> {
  const { done } = await transact(table, [
    putAction(table, { ...keyOf(channel), ...channel }, absent('pk')),
    putAction(table, { ...channelPointerKey(channel.id), organization: channel.organization }),
    demandOpen(table, channel.organization),
  ]);
  return done;
}

/** The channel as it became; undefined when it changed since it was seen. */
export async function updateChannel(table: Table, seen: Channel, changes: Changes): Promise<Channel | undefined> {
  const outcome = await updateItem(table, keyOf(seen), changes, ...unchangedSince(seen));
  return outcome.done ? ChannelSchema.parse(outcome.item) : undefined;
}

/** Deletes a channel and the pointer that finds it, unless it changed since it was seen. */
export async function deleteChannel(table: Table, seen: Channel): Promise<boolean> {
  const { done } = await transact(table, [
    deleteAction(table, keyOf(seen), ...unchangedSince(seen)),
    deleteAction(table, channelPointerKey(seen.id)),
  ]);
  return done;
}
