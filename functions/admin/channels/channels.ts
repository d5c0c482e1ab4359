import { type Caller, reaches } from '../../../shared/auth/caller.ts';
import type { ChannelDraft, PatchChannel } from '../../../shared/contracts/channel-request.ts';
import type { Channel } from '../../../shared/contracts/configuration.ts';
import { invalid, RequestError } from '../../../shared/domain/errors.ts';
import { membershipIn } from '../../../shared/domain/roles.ts';
import {
  deleteChannel as erase,
  findChannel,
  listChannels as listStored,
  createChannel as store,
  updateChannel,
} from '../../../shared/store/channels.ts';
import { untilWritten } from '../../../shared/store/contention.ts';
import { getOrganization } from '../../../shared/store/organizations.ts';
import { readUsers } from '../../../shared/store/users.ts';
import { laterThan } from '../../../shared/store/versions.ts';
import { readOrganization } from '../organizations/organizations.ts';
import type { AdminParts } from '../parts.ts';
import { cleared, replacing } from '../replacing.ts';

export interface Shown {
  readonly channel: Channel;
  readonly orgPath: string;
}

/** A conversation that waits names every channel that it is announced in. */
const MOST_CHANNELS = 100;

/** The channels of an organization. Throws 404. */
export async function listChannels(parts: AdminParts, caller: Caller, organization: string): Promise<Shown[]> {
  const { path: orgPath } = await readOrganization(parts, caller, organization);
  return (await listStored(parts.table, organization)).map((channel) => ({ channel, orgPath }));
}

/** A channel as it is now. Throws 404, for one that is out of reach too. */
export async function readChannel({ table }: AdminParts, caller: Caller, id: string): Promise<Shown> {
  const channel = await findChannel(table, id);
  const owner = channel && (await getOrganization(table, channel.organization));
  if (channel && owner && owner.closedAt === undefined && reaches(caller, owner.path)) {
    return { channel, orgPath: owner.path };
  }
  throw new RequestError('not_found', 'Channel not found');
}

/** Makes a channel. Throws 400, 404. */
export async function createChannel(
  parts: AdminParts,
  caller: Caller,
  organization: string,
  draft: ChannelDraft,
): Promise<Shown> {
  const { table, clock, ids, configuration } = parts;
  const { path: orgPath } = await readOrganization(parts, caller, organization);
  await demandRoom(parts, organization);
  await demandMembers(parts, orgPath, draft.subscribers);
  const now = clock.now();
  const channel: Channel = { ...cleared(draft), id: ids.next(now), organization, createdAt: now, updatedAt: now };
  if (!(await store(table, channel))) throw new RequestError('not_found', 'Organization not found');
  configuration.forget(organization);
  return { channel, orgPath };
}

async function demandRoom({ table }: AdminParts, organization: string): Promise<void> {
  if ((await listStored(table, organization)).length < MOST_CHANNELS) return;
  throw invalid('organization', `has ${MOST_CHANNELS} channels, which is all it may have`);
}

/** Throws 400 for somebody who is of neither the channel's organization nor one above it. */
async function demandMembers(
  { table }: AdminParts,
  orgPath: string,
  subscribers: readonly string[] | null | undefined,
): Promise<void> {
  const users = new Map((await readUsers(table, subscribers ?? [])).map((user) => [user.id, user]));
  subscribers?.forEach((id, index) => {
    if (!membershipIn(users.get(id), orgPath))
      throw invalid(`subscribers.${index}`, 'is not a user of this organization');
  });
}

/** Changes what is named. Throws 400, 404. */
export async function changeChannel(
  parts: AdminParts,
  caller: Caller,
  id: string,
  { organization, ...named }: PatchChannel,
): Promise<Shown> {
  return untilChanged(parts, async () => {
    const { channel: seen, orgPath } = await readChannel(parts, caller, id);
    if (organization !== undefined && organization.toLowerCase() !== seen.organization) {
      throw invalid('organization', 'cannot be changed: make another channel');
    }
    await demandMembers(parts, orgPath, named.subscribers);
    const { set, remove } = replacing(named);
    const updatedAt = laterThan(seen, parts.clock.now());
    const channel = await updateChannel(parts.table, seen, { set: { ...set, updatedAt }, remove });
    return channel && { channel, orgPath };
  });
}

/** Deletes a channel. Conversations keep its id until somebody accepts them. Throws 404. */
export async function deleteChannel(parts: AdminParts, caller: Caller, id: string): Promise<void> {
  await untilChanged(parts, async () => {
    const seen = await readChannel(parts, caller, id);
    return (await erase(parts.table, seen.channel)) ? seen : undefined;
  });
}

async function untilChanged(parts: AdminParts, work: () => Promise<Shown | undefined>): Promise<Shown> {
  const { clock, random, observe, configuration } = parts;
  const done = await untilWritten(work, clock, random, () => observe.count('WriteContended'));
  configuration.forget(done.channel.organization);
  return done;
}
