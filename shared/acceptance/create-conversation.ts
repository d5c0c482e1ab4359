import { acceptDrafts } from '../domain/acceptance.ts';
import { type Conversation, newParticipant } from '../domain/conversation.ts';
import { createAlias, createSlug } from '../domain/conversation-name.ts';
import type { Message } from '../domain/message.ts';
import { roleIn } from '../domain/roles.ts';
import { exceedsMeta, isSetNow, propertyChangesOf, withProperties } from '../domain/set-command.ts';
import { successor } from '../runtime/ids.ts';
import { createConversation as storeConversation } from '../store/conversations.ts';
import { toRecord } from '../store/idempotency.ts';
import { acceptanceContext } from './acceptance-context.ts';
import { metaIsFull } from './append-plan.ts';
import type { Owners } from './choose-contact.ts';
import type { Start } from './describe-start.ts';
import { judgeBy } from './judge.ts';
import { newMessages } from './new-messages.ts';
import { type AppendAnswer, guardsOf, replay } from './once.ts';
import type { AcceptanceParts } from './parts.ts';
import { wake } from './wake.ts';

/**
 * Contact, conversation and messages, all at once. Answers whose the identifiers are when somebody was faster, or what
 * the request was answered before. Throws 400.
 */
export async function createConversation(parts: AcceptanceParts, start: Start): Promise<AppendAnswer | Owners> {
  const { caller, once } = start;
  const now = parts.clock.now();
  const { conversation, messages } = await beginConversation(parts, start, now);
  const outcome = await storeConversation(parts.table, {
    conversation,
    identities: start.person.identities,
    messages,
    also: guardsOf(
      parts,
      { conversation: conversation.id, messages, now },
      once && { ...once, status: 201, places: messages.map(({ id, key }) => ({ id, key })) },
    ),
  });
  if (!outcome.created) {
    const record = toRecord(outcome.also[0]?.item, now);
    return once && record ? replay(parts, caller, once, record) : outcome.owners;
  }
  parts.observe.count('ConversationStarted');
  parts.observe.count('MessageAccepted', messages.length);
  await wake(parts, messages);
  return { status: 201, conversation, messages };
}

/** The conversation as it begins, and its messages as accepted. Throws 400. */
export async function beginConversation(
  parts: AcceptanceParts,
  { caller, request, configuration, person: { profile }, contactMeta }: Start,
  now: number,
): Promise<{ conversation: Conversation; messages: Message[] }> {
  const { organization } = configuration;
  const { context, acceptance } = await judgeBy(parts, configuration, (known) => {
    const context = acceptanceContext(known, profile, request.language, undefined, now);
    return { context, acceptance: acceptDrafts(request.messages, context) };
  });
  const [first] = request.messages;
  const id = parts.ids.nextPair(now);
  const properties = propertyChangesOf(acceptance.drafts.filter(isSetNow));
  const begun: Conversation = {
    id,
    organization: organization.id,
    orgPath: organization.path,
    name: request.name ?? profile.name ?? createAlias(parts.random),
    slug: createSlug(parts.random),
    // Without a message nobody has anything to answer.
    status: first ? 'queued' : 'closed',
    contact: successor(id),
    profile,
    ...(contactMeta && { contactMeta }),
    participants: first ? await beginner(parts, first.user ?? caller.user, { orgPath: organization.path, now }) : {},
    channels: [],
    channelsOffline: [],
    ...(acceptance.touchpoint && { touchpoint: acceptance.touchpoint }),
    services: Object.fromEntries(
      acceptance.used.map((touchpoint) => [touchpoint, context.services[touchpoint]?.slice(0, 1) ?? []]),
    ),
    ...(request.language !== undefined && { language: request.language }),
    ...(request.meta && { meta: request.meta }),
    ...(request.tags && { tags: request.tags }),
    createdBy: caller.user,
    createdAt: now,
    updatedAt: now,
    seq: acceptance.drafts.length,
    lastAt: now,
    version: 0,
  };
  if (properties && exceedsMeta(begun, properties)) throw metaIsFull('messages');
  const conversation = withProperties(begun, properties);
  const setting = { conversation: id, organization: organization.id, user: caller.user, acceptedAt: now, firstSeq: 1 };
  return { conversation, messages: newMessages(acceptance.drafts, setting, parts.ids) };
}

async function beginner(
  { users }: AcceptanceParts,
  user: string,
  { orgPath, now }: { orgPath: string; now: number },
): Promise<Conversation['participants']> {
  const known = (await users.users([user])).get(user);
  return { [user]: newParticipant(roleIn(known, orgPath), now) };
}
