import type { Caller } from '../auth/caller.ts';
import type { ProfileRequest, StartConversation } from '../contracts/conversation-request.ts';
import { checkDrafts, demandOutbound } from '../domain/acceptance.ts';
import { RequestError } from '../domain/errors.ts';
import type { OrganizationConfiguration } from '../store/configuration.ts';
import { getConversation } from '../store/conversations.ts';
import { toRecord } from '../store/idempotency.ts';
import { ownersAmong } from '../store/identities.ts';
import { isAt } from '../store/table.ts';
import type { Append } from './append-plan.ts';
import { type Choice, chooseContact, type Owners } from './choose-contact.ts';
import { type DescribedPerson, describePerson } from './contact-identifiers.ts';
import { type AppendAnswer, type Once, replay } from './once.ts';
import type { AcceptanceParts } from './parts.ts';
import { reachableOrganization } from './reachable-organization.ts';
import { checkSenders } from './senders.ts';

/** A request for a person, with what was looked up for it. */
export interface Start {
  readonly caller: Caller;
  readonly request: StartConversation;
  readonly configuration: OrganizationConfiguration;
  readonly person: DescribedPerson;
  readonly once?: Once;
  /** Of a new contact. */
  readonly contactMeta?: Readonly<Record<string, unknown>>;
}

/** A request to start, as far as it is right whoever the person is. Throws 400, 404 for an organization out of reach. */
export async function describeStart(
  parts: AcceptanceParts,
  caller: Caller,
  request: StartConversation,
  once: Once | undefined,
): Promise<Start> {
  checkDrafts(request.messages);
  demandOutbound(request.messages);
  const start = await describeContact(parts, caller, request, once);
  await checkSenders(request.messages, start.configuration.organization.path, caller, parts.users);
  return start;
}

/** A request for somebody whom nothing is said to. */
export const withoutMessages = (organization: string, profile: ProfileRequest): StartConversation => ({
  organization,
  type: 'contact',
  contact: { profile },
  messages: [],
  name: undefined,
  language: undefined,
  meta: undefined,
  tags: undefined,
});

/** A request to find or create somebody, without messages. Throws 400, 404 for an organization out of reach. */
export async function describeContact(
  parts: AcceptanceParts,
  caller: Caller,
  request: StartConversation,
  once: Once | undefined,
): Promise<Start> {
  const configuration = await reachableOrganization(parts, caller, request.organization);
  const { organization } = configuration;
  const person = describePerson(request.contact.profile, {
    organization: organization.id,
    country: organization.country,
    pepper: await parts.pepper(),
  });
  return { caller, request, configuration, person, ...(once && { once }) };
}

/** Whose the identifiers are; or the answer, when the request was answered before. Throws 422 as `replay`. */
export async function findPerson(
  parts: AcceptanceParts,
  { caller, person, once }: Start,
): Promise<{ owners: Owners } | { answer: AppendAnswer }> {
  const items = await parts.read([...person.identities.map(({ key }) => key), ...(once ? [once.key] : [])]);
  const record = once && toRecord(items.find(isAt(once.key)), parts.clock.now());
  return once && record
    ? { answer: await replay(parts, caller, once, record) }
    : { owners: ownersAmong(items, person.identities) };
}

/** Whose conversation it is; undefined for somebody new. Throws 409 when the organization rejects two contacts. */
export async function choose(parts: AcceptanceParts, start: Start, owners: Owners): Promise<Choice | undefined> {
  const choice = chooseContact(owners, start.request.messages);
  const { settings } = start.configuration.organization;
  if (choice?.other && settings.identifierConflict === 'reject') throw await conflict(parts, owners);
  return choice;
}

/** What the start adds to the conversation of a person who is known. */
export function appendFor({ caller, request, person }: Start, { conversation, foreign, free }: Choice): Append {
  const { email, telephone, ...profile } = person.profile;
  return {
    conversation,
    drafts: request.messages,
    caller,
    person: {
      profile: {
        ...profile,
        ...(!foreign.includes('email') && { email }),
        ...(!foreign.includes('telephone') && { telephone }),
      },
      free: person.identities.filter(({ kind }) => free.includes(kind) && !foreign.includes(kind)),
      own: person.identities.filter(({ kind }) => !free.includes(kind) && !foreign.includes(kind)),
    },
  };
}

/** Undefined: the contact was deleted since it was found; its identifiers are free, and somebody new may have them. */
export const goneMeansAgain = (error: unknown): undefined => {
  if (error instanceof RequestError && error.code === 'not_found') return undefined;
  throw error;
};

/** The contact of a conversation, where there is one. */
export const contactOf = async (
  parts: AcceptanceParts,
  conversation: string | undefined,
): Promise<string | undefined> =>
  conversation === undefined
    ? undefined
    : (await getConversation(parts.table, conversation, { consistent: false }))?.contact;

async function conflict(parts: AcceptanceParts, owners: Owners): Promise<RequestError> {
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
