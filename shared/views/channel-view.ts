import type { Channel } from '../contracts/configuration.ts';
import type { ChannelView } from '../contracts/views/channels.ts';

const iso = (moment: number | undefined): string | undefined =>
  moment === undefined ? undefined : new Date(moment).toISOString();

/** A channel as the API shows it (contract section 6). */
export const channelView = (channel: Channel, orgPath: string): ChannelView => ({
  id: channel.id,
  organization: channel.organization,
  orgPath,
  name: channel.name,
  subscribers: channel.subscribers,
  meta: channel.meta,
  createdAt: iso(channel.createdAt),
  updatedAt: iso(channel.updatedAt),
});
