import type { Conversation } from '../domain/conversation.ts';
import { membershipIn } from '../domain/roles.ts';
import {
  assigneesOf,
  type ConversationState,
  needsChannels,
  type RuleContext,
  type RuledMessage,
} from '../domain/rules.ts';
import type { ConfigurationReader } from './configuration.ts';
import type { UserReader } from './users.ts';

/**
 * What the rule of a message is judged by. Channels of the organization and those above it are read only where they
 * decide, and users only where they are named and not known yet; all of it may come from memory.
 */
export async function findRuleContext(
  { configuration, users }: { configuration: ConfigurationReader; users: UserReader },
  {
    conversation,
    message,
    now,
  }: { conversation: Pick<Conversation, 'orgPath'> & ConversationState; message: RuledMessage; now: number },
): Promise<RuleContext> {
  const above = needsChannels(conversation, message) ? conversation.orgPath.split('#').reverse() : [];
  const organizations = await Promise.all(above.map((id) => configuration.organization(id)));
  const channels = organizations.flatMap((found) => found?.channels ?? []);
  const named = [message.user, ...assigneesOf(message)].filter((user) => user !== undefined);
  const unknown = [
    ...named.filter((user) => conversation.participants[user] === undefined),
    ...channels.flatMap(({ subscribers }) => subscribers ?? []),
  ];
  const known = unknown.length > 0 ? await users.users([...new Set(unknown)]) : undefined;
  const isThere = (user: string): boolean => known?.get(user)?.status === 'active';
  return {
    now,
    channels: channels.map(({ id, organization, subscribers }) => ({
      id,
      organization,
      isOnline: subscribers?.some(isThere) ?? true,
      ...(subscribers && { subscribers }),
    })),
    roleOf: (user) => membershipIn(known?.get(user), conversation.orgPath)?.role,
  };
}
