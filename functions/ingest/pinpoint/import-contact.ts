import type { Owners } from '../../../shared/acceptance/choose-contact.ts';
import { createConversation } from '../../../shared/acceptance/create-conversation.ts';
import { contactOf, findPerson, type Start } from '../../../shared/acceptance/describe-start.ts';
import type { Conversation } from '../../../shared/domain/conversation.ts';
import { type Person, readPerson, replaceProfile } from '../../../shared/store/contact-writes.ts';
import { untilWritten } from '../../../shared/store/contention.ts';
import { namesOfKind } from '../../../shared/store/identities.ts';
import type { IngestParts } from '../parts.ts';
import type { EndpointOutcome } from '../prepared-row.ts';

/** Of one user, as Pinpoint has it (its quotas); more are no person's. */
const MOST_ADDRESSES = 15;

/**
 * Finds the contact of an endpoint by its address or by its user, or creates them, and adds what they lack: one who is
 * known keeps what they have, and strangers stay apart. The identities of `start` are the address and, if there is one,
 * the user. Any number of concurrent calls ends as some order of them would. Throws StillContendedError.
 */
export const importContact = (parts: IngestParts, start: Start): Promise<EndpointOutcome> =>
  untilWritten<EndpointOutcome>(
    async () => {
      const known = await findPerson(parts, start);
      if ('answer' in known) return created(known.answer.conversation);
      const { owners } = known;
      const owner = start.person.identities.map(({ kind }) => owners.get(kind)).find((id) => id !== undefined);
      if (owner === undefined) return create(parts, start);
      const person = await readPerson(parts.table, owner);
      if (!person || person.conversation.deletedAt !== undefined) return undefined;
      return (await conflictOf(parts, start, { owners, person })) ?? join(parts, start, { owners, person });
    },
    parts.clock,
    parts.random,
    () => parts.observe.count('WriteContended'),
  );

interface Known {
  readonly owners: Owners;
  /** Who has the address, else who is the user. */
  readonly person: Person;
}

const named = (status: EndpointOutcome['status'], { id, contact }: Conversation): EndpointOutcome => ({
  status,
  conversation: id,
  ...(contact !== undefined && { contact }),
});
const created = (conversation: Conversation): EndpointOutcome => named('created', conversation);

/** Undefined: somebody was faster. */
async function create(parts: IngestParts, start: Start): Promise<EndpointOutcome | undefined> {
  const outcome = await createConversation(parts, start);
  return 'status' in outcome ? created(outcome.conversation) : undefined;
}

/** What becomes of an address and a user that do not come together: neither is moved. Undefined where they do. */
async function conflictOf(
  parts: IngestParts,
  start: Start,
  { owners, person: { conversation, identities } }: Known,
): Promise<EndpointOutcome | undefined> {
  const [address, user] = start.person.identities;
  if (!address || !user) return undefined;
  const ofUser = owners.get(user.kind);
  if (!owners.has(address.kind)) {
    const addresses = identities.size - namesOfKind(identities, user.kind).length;
    if (addresses < MOST_ADDRESSES) return undefined;
    const alone = await create(parts, { ...start, person: { ...start.person, identities: [address] } });
    return alone && { ...alone, conflict: 'too_many_endpoints', ...conflicting(conversation.contact) };
  }
  if (ofUser !== undefined && ofUser !== conversation.id) {
    const other = conflicting(await contactOf(parts, ofUser));
    return { ...named('found', conversation), conflict: 'user_of_other_contact', ...other };
  }
  const isOthers = namesOfKind(identities, user.kind).some((name) => name !== user.name);
  return isOthers ? { ...named('found', conversation), conflict: 'address_of_other_user' } : undefined;
}

const conflicting = (contact: string | undefined) => (contact === undefined ? {} : { conflictingContact: contact });

/** Adds to a contact what they lack. Undefined: they changed meanwhile, or an identity was taken. */
async function join(
  { table, clock }: IngestParts,
  { person: given }: Start,
  { owners, person }: Known,
): Promise<EndpointOutcome | undefined> {
  const { conversation } = person;
  const take = given.identities.filter(({ kind }) => !owners.has(kind));
  const profile = { ...given.profile, ...conversation.profile };
  const found = named('found', conversation);
  if (take.length === 0 && Object.keys(profile).length === Object.keys(conversation.profile).length) return found;
  const change = { profile, take, release: [], changes: {}, now: clock.now() };
  return (await replaceProfile(table, person, change)).written ? found : undefined;
}
