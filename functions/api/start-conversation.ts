import { type Caller, reaches } from '../../shared/auth/caller.ts';
import type { StartConversation } from '../../shared/contracts/conversation-request.ts';
import { acceptDrafts, checkDrafts, demandOutbound } from '../../shared/domain/acceptance.ts';
import { type Conversation, newParticipant } from '../../shared/domain/conversation.ts';
import { createAlias, createSlug } from '../../shared/domain/conversation-name.ts';
import { RequestError } from '../../shared/domain/errors.ts';
import type { Message } from '../../shared/domain/message.ts';
import { roleIn } from '../../shared/domain/roles.ts';
import { successor } from '../../shared/runtime/ids.ts';
import type { OrganizationConfiguration } from '../../shared/store/configuration.ts';
import { untilWritten } from '../../shared/store/contention.ts';
import { createConversation, getConversation } from '../../shared/store/conversations.ts';
import { putGuard, putRecord, toRecord } from '../../shared/store/idempotency.ts';
import { findOwners } from '../../shared/store/identities.ts';
import { batchGet, type TransactItem } from '../../shared/store/table.ts';
import { acceptanceContext } from './acceptance-context.ts';
import { append } from './append.ts';
import { type Choice, chooseContact, type Owners } from './choose-contact.ts';
import { type DescribedPerson, describePerson } from './contact-identifiers.ts';
import { newMessages } from './new-messages.ts';
import { type AppendAnswer, type Once, replay } from './once.ts';
import type { ApiParts } from './parts.ts';
import { checkSenders } from './senders.ts';
import { wake } from './wake.ts';

export interface Started extends AppendAnswer {
  /** Another contact that owns one of the identifiers given. */
  readonly conflictingContact?: string;
}

/**
 * Finds the person by email or telephone, or creates them, and adds the messages to their one conversation. Any number
 * of concurrent calls ends as some order of them would. Throws 400, 404 for an organization out of reach, 409 when the
 * organization rejects identifiers that belong to two contacts.
 */
export async function startConversation(
  parts: ApiParts,
  caller: Caller,
  request: StartConversation,
  once?: Once,
): Promise<Started> {
  checkDrafts(request.messages);
  demandOutbound(request.messages);
  const configuration = await reachableOrganization(parts, caller, request.organization);
  const { organization } = configuration;
  const person = describePerson(request.contact.profile, {
    organization: organization.id,
    country: organization.country,
    pepper: await parts.pepper(),
  });
  await checkSenders(request.messages, organization.path, caller, parts.users);

  const start: Start = { caller, request, configuration, person, ...(once && { once }) };
  let owners: Owners | undefined;
  return untilWritten<Started>(
    async () => {
      const known = owners ?? (await look(parts, start));
      owners = undefined;
      if ('status' in known) return known;
      const choice = chooseContact(known, request.messages);
      if (choice?.other && organization.settings.identifierConflict === 'reject') throw await conflict(parts, known);
      if (choice) return appendTo(parts, start, choice);
      const outcome = await create(parts, start);
      if ('status' in outcome) return outcome;
      owners = outcome;
      return undefined;
    },
    parts.clock,
    parts.random,
    () => parts.observe.count('WriteContended'),
  );
}

interface Start {
  readonly caller: Caller;
  readonly request: StartConversation;
  readonly configuration: OrganizationConfiguration;
  readonly person: DescribedPerson;
  readonly once?: Once;
}

/** Whose the identifiers are; or the answer, when the request was answered before. */
async function look(parts: ApiParts, { caller, person, once }: Start): Promise<Owners | Started> {
  const [owners, records] = await Promise.all([
    findOwners(parts.table, person.identities),
    once ? batchGet(parts.table, [once.key], true) : [],
  ]);
  const record = toRecord(records[0], parts.clock.now());
  return once && record ? replay(parts, caller, once, record) : owners;
}

async function reachableOrganization(parts: ApiParts, caller: Caller, id: string): Promise<OrganizationConfiguration> {
  const configuration = await parts.configuration.organization(id);
  if (configuration && reaches(caller, configuration.organization.path)) return configuration;
  throw new RequestError('not_found', 'Organization not found', [
    { path: 'organization', message: 'is not an organization that your token reaches' },
  ]);
}

const contactOf = async (parts: ApiParts, conversation: string | undefined): Promise<string | undefined> =>
  conversation === undefined
    ? undefined
    : (await getConversation(parts.table, conversation, { consistent: false }))?.contact;

async function conflict(parts: ApiParts, owners: Owners): Promise<RequestError> {
  const [email, telephone] = await Promise.all([
    contactOf(parts, owners.get('email')),
    contactOf(parts, owners.get('telephone')),
  ]);
  return new RequestError(
    'identifier_conflict',
    'The email and the telephone belong to two different contacts; send one of them, or settle whose they are.',
    [
      { path: 'contact.profile.email', message: `belongs to contact ${email}` },
      { path: 'contact.profile.telephone', message: `belongs to contact ${telephone}` },
    ],
  );
}

async function appendTo(parts: ApiParts, start: Start, choice: Choice): Promise<Started | undefined> {
  const { caller, request, person, once } = start;
  const ours = person.identities.filter(({ kind }) => !choice.foreign.includes(kind));
  const { email, telephone, ...profile } = person.profile;
  const appended = await append(
    parts,
    {
      conversation: choice.conversation,
      drafts: request.messages,
      caller,
      person: {
        profile: {
          ...profile,
          ...(!choice.foreign.includes('email') && { email }),
          ...(!choice.foreign.includes('telephone') && { telephone }),
        },
        free: ours.filter(({ kind }) => choice.free.includes(kind)),
      },
    },
    once,
    200,
  ).catch(goneMeansAgain);
  if (!appended) return undefined;
  const conflictingContact = await contactOf(parts, choice.other);
  return { ...appended, ...(conflictingContact && { conflictingContact }) };
}

/** The contact was deleted since it was found: its identifiers are free, and somebody new may have them. */
const goneMeansAgain = (error: unknown): undefined => {
  if (error instanceof RequestError && error.code === 'not_found') return undefined;
  throw error;
};

async function create(parts: ApiParts, start: Start): Promise<Started | Owners> {
  const { caller, request, configuration, once } = start;
  const { profile, identities } = start.person;
  const now = parts.clock.now();
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
  const messages = newMessages(
    acceptance.drafts,
    { conversation: id, organization: organization.id, user: caller.user, acceptedAt: now, firstSeq: 1 },
    parts.ids,
  );
  const outcome = await createConversation(parts.table, {
    conversation,
    identities,
    messages,
    also: [
      ...(once ? [recordAction(parts, once, id, messages, now)] : []),
      ...messages.flatMap((message) =>
        message.clientId === undefined ? [] : [putGuard(parts.table, id, message.clientId, message)],
      ),
    ],
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

const recordAction = (
  { table }: ApiParts,
  once: Once,
  conversation: string,
  messages: readonly Message[],
  now: number,
): TransactItem =>
  putRecord(
    table,
    once.key,
    {
      fingerprint: once.fingerprint,
      status: 201,
      conversation,
      messages: messages.map(({ id, key }) => ({ id, key })),
    },
    now,
  );
