import type { Caller } from '../../shared/auth/caller.ts';
import type { StartConversation } from '../../shared/contracts/conversation-request.ts';
import { type AcceptedDraft, acceptDrafts } from '../../shared/domain/acceptance.ts';
import { type Conversation, newParticipant } from '../../shared/domain/conversation.ts';
import { createAlias, createSlug } from '../../shared/domain/conversation-name.ts';
import { roleIn } from '../../shared/domain/roles.ts';
import { successor } from '../../shared/runtime/ids.ts';
import type { OrganizationConfiguration } from '../../shared/store/configuration.ts';
import { createConversation as storeConversation } from '../../shared/store/conversations.ts';
import { toRecord } from '../../shared/store/idempotency.ts';
import { acceptanceContext } from './acceptance-context.ts';
import type { Owners } from './choose-contact.ts';
import type { DescribedPerson } from './contact-identifiers.ts';
import { newMessages } from './new-messages.ts';
import { type AppendAnswer, guardsOf, type Once, replay } from './once.ts';
import type { ApiParts } from './parts.ts';
import { wake } from './wake.ts';

/** A request for a person, with what was looked up for it. */
export interface Start {
  readonly caller: Caller;
  readonly request: StartConversation;
  readonly configuration: OrganizationConfiguration;
  readonly person: DescribedPerson;
  readonly once?: Once;
}

/**
 * Contact, conversation and messages, all at once. Answers whose the identifiers are when somebody was faster, or what
 * the request was answered before. Throws 400.
 */
export async function createConversation(parts: ApiParts, start: Start): Promise<AppendAnswer | Owners> {
  const { caller, once } = start;
  const now = parts.clock.now();
  const { conversation, drafts } = await draft(parts, start, now);
  const messages = newMessages(
    drafts,
    {
      conversation: conversation.id,
      organization: conversation.organization,
      user: caller.user,
      acceptedAt: now,
      firstSeq: 1,
    },
    parts.ids,
  );
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
async function draft(
  parts: ApiParts,
  { caller, request, configuration, person: { profile } }: Start,
  now: number,
): Promise<{ conversation: Conversation; drafts: readonly AcceptedDraft[] }> {
  const { organization } = configuration;
  const context = acceptanceContext(configuration, profile, request.language, undefined, now);
  const acceptance = acceptDrafts(request.messages, context);
  const sender = request.messages[0]?.user ?? caller.user;
  const user = (await parts.users.users([sender])).get(sender);
  const id = parts.ids.nextPair(now);
  const conversation: Conversation = {
    id,
    organization: organization.id,
    orgPath: organization.path,
    name: request.name ?? profile.name ?? createAlias(parts.random),
    slug: createSlug(parts.random),
    status: 'queued',
    contact: successor(id),
    profile,
    participants: { [sender]: newParticipant(roleIn(user, organization.path), now) },
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
  return { conversation, drafts: acceptance.drafts };
}
