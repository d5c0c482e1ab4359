import type { Caller } from '../auth/caller.ts';
import type { TeamConversation } from '../contracts/conversation-request.ts';
import { checkDrafts, checkTeamDrafts, forTeam } from '../domain/acceptance.ts';
import { type Conversation, newParticipant, type Participant, type TeamType } from '../domain/conversation.ts';
import { createAlias, createSlug } from '../domain/conversation-name.ts';
import { invalid } from '../domain/errors.ts';
import type { Message } from '../domain/message.ts';
import { membershipIn, roleIn } from '../domain/roles.ts';
import { exceedsMeta, isSetNow, propertyChangesOf, withProperties } from '../domain/set-command.ts';
import { createConversation } from '../store/conversations.ts';
import { toRecord } from '../store/idempotency.ts';
import type { StoredUser } from '../store/user-item.ts';
import { metaIsFull } from './append-plan.ts';
import { newMessages } from './new-messages.ts';
import { type AppendAnswer, guardsOf, type Once, replay } from './once.ts';
import type { AcceptanceParts } from './parts.ts';
import { reachableOrganization } from './reachable-organization.ts';
import { checkSenders } from './senders.ts';
import { wake } from './wake.ts';

interface Begun {
  readonly conversation: Conversation;
  readonly messages: readonly Message[];
}

/**
 * Starts a conversation among users: nothing in it goes out. Throws 400, 404 for an organization out of reach, and 422
 * as `replay`.
 */
export async function startTeam(
  parts: AcceptanceParts,
  caller: Caller,
  request: TeamConversation,
  once?: Once,
): Promise<AppendAnswer> {
  const { conversation, messages } = await beginTeam(parts, caller, request);
  const { id, createdAt: now } = conversation;
  const places = messages.map((message) => ({ id: message.id, key: message.key }));
  const also = guardsOf(parts, { conversation: id, messages, now }, once && { ...once, status: 201, places });
  const outcome = await createConversation(parts.table, { conversation, identities: [], messages, also });
  if (!outcome.created) {
    const record = toRecord(outcome.also[0]?.item, now);
    if (once && record) return replay(parts, caller, once, record);
    throw new Error('A conversation that was never there stands in its own way.');
  }
  parts.observe.count('ConversationStarted');
  parts.observe.count('MessageAccepted', messages.length);
  await wake(parts, messages);
  return { status: 201, conversation, messages };
}

/** The conversation as it begins: of the token's organization, unless another is named. Throws as above. */
export async function beginTeam(parts: AcceptanceParts, caller: Caller, request: TeamConversation): Promise<Begun> {
  checkDrafts(request.messages);
  checkTeamDrafts(request.messages);
  const { organization } = await reachableOrganization(parts, caller, request.organization ?? caller.organization);
  await checkSenders(request.messages, organization.path, caller, parts.users);
  const users = await parts.users.users([caller.user, ...request.participants.map(({ user }) => user)]);
  const now = parts.clock.now();
  const id = parts.ids.nextPair(now);
  const { name, type, language, meta, tags } = request;
  const begun: Conversation = {
    id,
    organization: organization.id,
    orgPath: organization.path,
    type: type ?? typeBy(users.get(caller.user), organization.path),
    name: name ?? createAlias(parts.random),
    slug: createSlug(parts.random),
    status: 'active',
    profile: {},
    participants: {
      ...participantsOf(request, { users, orgPath: organization.path, now }),
      [caller.user]: newParticipant(roleIn(users.get(caller.user), organization.path), now),
    },
    channels: [],
    channelsOffline: [],
    services: {},
    ...(language !== undefined && { language }),
    ...(meta && { meta }),
    ...(tags && { tags }),
    createdBy: caller.user,
    createdAt: now,
    updatedAt: now,
    seq: request.messages.length,
    lastAt: now,
    version: 0,
  };
  const properties = propertyChangesOf(request.messages.filter(isSetNow));
  if (properties && exceedsMeta(begun, properties)) throw metaIsFull('messages');
  const setting = { conversation: id, organization: organization.id, user: caller.user, acceptedAt: now, firstSeq: 1 };
  return {
    conversation: withProperties(begun, properties),
    messages: newMessages(request.messages.map(forTeam), setting, parts.ids),
  };
}

const typeBy = (user: StoredUser | undefined, orgPath: string): TeamType =>
  roleIn(user, orgPath) === 'bot' ? 'bot' : 'agent';

function participantsOf(
  { participants }: TeamConversation,
  { users, orgPath, now }: { users: ReadonlyMap<string, StoredUser>; orgPath: string; now: number },
): Record<string, Participant> {
  const entries = participants.map(({ user, follow }, index): [string, Participant] => {
    const membership = membershipIn(users.get(user), orgPath);
    if (!membership) throw invalid(`participants.${index}.user`, 'is not a user of this organization');
    return [user, { ...newParticipant(membership.role, now), ...(follow && { follow }) }];
  });
  return Object.fromEntries(entries);
}
