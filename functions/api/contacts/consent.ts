import type { Caller } from '../../../shared/auth/caller.ts';
import type { ConsentRequest } from '../../../shared/contracts/conversation-request.ts';
import { addressOf } from '../../../shared/domain/address.ts';
import type { ConsentChangeKind } from '../../../shared/domain/consent.ts';
import type { Conversation } from '../../../shared/domain/conversation.ts';
import { invalid, RequestError } from '../../../shared/domain/errors.ts';
import { IDENTIFIER_OF, TOUCHPOINTS, type Touchpoint } from '../../../shared/domain/touchpoint.ts';
import { changeConsent, type Reach, readConsentHistory } from '../../../shared/store/consent.ts';
import { findOwnersPastAndPresent, identityOf } from '../../../shared/store/identities.ts';
import { untilQuiet } from '../../../shared/store/quiet.ts';
import { QUIET_WITHIN_MS } from '../conversations/forget.ts';
import type { ApiParts } from '../parts.ts';
import { consentEntryView, consentView } from './consent-view.ts';
import { readContact } from './contacts.ts';

interface ConsentOf {
  readonly contact: string;
  readonly touchpoint: Touchpoint;
}

const CHANGES: Readonly<
  Record<ConsentRequest['status'], Readonly<Record<ConsentRequest['purpose'], ConsentChangeKind>>>
> = {
  opted_out: { all: 'stop', marketing: 'marketing_stop' },
  opted_in: { all: 'opted_in', marketing: 'marketing_start' },
};

/**
 * What stands against messages to a contact, per touchpoint that they have an address for, and how it came about. It
 * is that of their primary addresses. Throws 404.
 */
export async function readContactConsent(parts: ApiParts, caller: Caller, id: string) {
  const conversation = await readContact(parts, caller, id);
  const pepper = await parts.pepper();
  const reaches = TOUCHPOINTS.flatMap((touchpoint) => reachOf(conversation, touchpoint) ?? []);
  const addresses = new Map(reaches.map((reach) => [reach.matchKey, reach]));
  const histories = await Promise.all(
    [...addresses.values()].map(async (address) => ({
      address,
      history: await readConsentHistory(parts.table, pepper, address),
    })),
  );
  const consentOf = (reach: Reach) =>
    histories.find(({ address }) => address.matchKey === reach.matchKey)?.history.consents[reach.touchpoint] ?? {};
  return {
    contact: id,
    consent: Object.fromEntries(reaches.map((reach) => [reach.touchpoint, consentView(consentOf(reach))])),
    history: histories
      .flatMap(({ history }) => history.log)
      .sort((one, other) => other.storedAt - one.storedAt)
      .map(consentEntryView),
  };
}

/**
 * Stores what a contact told the organization of one touchpoint, for their primary address there. An opt-out is
 * answered when nothing to the contact is on its way any more. Throws 400 for a contact without such an address, 404,
 * and 503 while a message is still being sent.
 */
export async function changeContactConsent(
  parts: ApiParts,
  caller: Caller,
  of: ConsentOf,
  { status, purpose, reason = 'api' }: ConsentRequest,
) {
  return change(parts, caller, of, { kind: CHANGES[status][purpose], reason });
}

/** Forgets all that stands against a touchpoint, a dead address too; the log keeps it. Throws as above. */
export const forgetConsent = (parts: ApiParts, caller: Caller, of: ConsentOf) =>
  change(parts, caller, of, { kind: 'forgotten', reason: 'api' });

async function change(
  parts: ApiParts,
  caller: Caller,
  { contact, touchpoint }: ConsentOf,
  told: { kind: ConsentChangeKind; reason: string },
) {
  const conversation = await readContact(parts, caller, contact);
  const reach = reachOf(conversation, touchpoint);
  if (!reach) throw noAddress(touchpoint);
  const consent = await changeConsent(parts, reach, { ...told, source: 'api', by: caller.user });
  const ends = told.kind === 'stop' || told.kind === 'marketing_stop';
  if (ends && !(await isQuietAt(parts, conversation, touchpoint))) throw stillOnItsWay();
  return { contact, touchpoint, ...consentView(consent) };
}

/** Nothing is on its way to the address any more, for a contact who had it a short while ago too. */
async function isQuietAt(
  { table, clock, pepper }: ApiParts,
  { id, organization, profile }: Conversation,
  touchpoint: Touchpoint,
): Promise<boolean> {
  const address = addressOf(touchpoint, { profile });
  const owners = address
    ? await findOwnersPastAndPresent(table, identityOf(await pepper(), organization, address.kind, address.matchKey))
    : [];
  const quiet = await Promise.all(
    [...new Set([id, ...owners])].map((owner) => untilQuiet(table, clock, owner, QUIET_WITHIN_MS)),
  );
  return quiet.every(Boolean);
}

function reachOf(conversation: Conversation, touchpoint: Touchpoint): Reach | undefined {
  const address = addressOf(touchpoint, conversation);
  return address && { organization: conversation.organization, touchpoint, matchKey: address.matchKey };
}

const noAddress = (touchpoint: Touchpoint): RequestError =>
  invalid(
    'touchpoint',
    `cannot be "${touchpoint}": the contact has no ${IDENTIFIER_OF[touchpoint]}`,
    'touchpoint_unavailable',
  );

const stillOnItsWay = (): RequestError =>
  new RequestError(
    'overloaded',
    'The opt-out is stored, but a message to the contact is still on its way. Repeat the request in a moment.',
    [],
    { 'retry-after': '5' },
  );
