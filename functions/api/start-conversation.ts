import { type Caller, reaches } from '../../shared/auth/caller.ts';
import type { StartConversation } from '../../shared/contracts/conversation-request.ts';
import { checkDrafts, demandOutbound } from '../../shared/domain/acceptance.ts';
import { RequestError } from '../../shared/domain/errors.ts';
import type { OrganizationConfiguration } from '../../shared/store/configuration.ts';
import { untilWritten } from '../../shared/store/contention.ts';
import { getConversation } from '../../shared/store/conversations.ts';
import { toRecord } from '../../shared/store/idempotency.ts';
import { findOwners } from '../../shared/store/identities.ts';
import { batchGet } from '../../shared/store/table.ts';
import { append } from './append.ts';
import { type Choice, chooseContact, type Owners } from './choose-contact.ts';
import { describePerson } from './contact-identifiers.ts';
import { createConversation, type Start } from './create-conversation.ts';
import { type AppendAnswer, type Once, replay } from './once.ts';
import type { ApiParts } from './parts.ts';
import { checkSenders } from './senders.ts';

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
      const outcome = await createConversation(parts, start);
      if ('status' in outcome) return outcome;
      owners = outcome;
      return undefined;
    },
    parts.clock,
    parts.random,
    () => parts.observe.count('WriteContended'),
  );
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
