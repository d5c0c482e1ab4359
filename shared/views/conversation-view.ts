import type { ConversationView } from '../contracts/views/conversations.ts';
import type { Conversation, Participant } from '../domain/conversation.ts';
import { membershipIn } from '../domain/roles.ts';
import { TOUCHPOINTS } from '../domain/touchpoint.ts';
import type { StoredUser } from '../store/user-item.ts';
import { userName } from './user-view.ts';

const iso = (moment: number): string => new Date(moment).toISOString();

const participantView = (id: string, participant: Participant, orgPath: string, user: StoredUser | undefined) => ({
  user: id,
  organization: membershipIn(user, orgPath)?.organization,
  name: userName(user),
  avatar: user?.avatar,
  role: participant.role,
  active: participant.active,
  accepted: participant.accepted,
  inbox: participant.inbox,
  unreadCount: participant.unreadCount,
  follow: participant.follow ?? false,
  createdAt: iso(participant.createdAt),
  updatedAt: iso(participant.updatedAt),
});

/** Whoever began the conversation comes first, then those who came first: the table keeps no order. */
const inOrder = ({ participants, createdBy }: Conversation): [string, Participant][] =>
  Object.entries(participants).sort(
    ([one, { createdAt: since }], [other, { createdAt: otherSince }]) =>
      Number(other === createdBy) - Number(one === createdBy) || since - otherSince || one.localeCompare(other),
  );

const touchpointsView = ({ services, touchpoint }: Conversation) =>
  Object.fromEntries(
    TOUCHPOINTS.filter((known) => services[known]).map((known) => [
      known,
      { services: services[known], selected: known === touchpoint },
    ]),
  );

/** A conversation as the API shows it (contract section 2); `messages` are ids, and undefined where they are not shown. */
export const conversationView = (
  conversation: Conversation,
  messages: readonly string[] | undefined,
  users: ReadonlyMap<string, StoredUser>,
  appUrl: string,
): ConversationView => ({
  id: conversation.id,
  organization: conversation.organization,
  orgPath: conversation.orgPath,
  name: conversation.name,
  type: conversation.type ?? 'contact',
  slug: conversation.slug,
  url: `${appUrl}/c/${conversation.slug}`,
  status: conversation.status,
  contact: conversation.contact,
  participants: inOrder(conversation).map(([id, participant]) =>
    participantView(id, participant, conversation.orgPath, users.get(id)),
  ),
  messages,
  channels: conversation.channels,
  channelsOffline: conversation.channelsOffline,
  touchpoint: conversation.touchpoint,
  touchpoints: touchpointsView(conversation),
  forms: [],
  results: [],
  category: conversation.category,
  categoryIndex: conversation.categoryIndex,
  language: conversation.language,
  meta: Object.keys(conversation.meta ?? {}).length > 0 ? conversation.meta : undefined,
  tags: conversation.tags,
  createdBy: conversation.createdBy,
  createdAt: iso(conversation.createdAt),
  updatedAt: iso(conversation.updatedAt),
});
