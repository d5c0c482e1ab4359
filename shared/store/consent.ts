import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type Consent, type ConsentChange, changedConsent } from '../domain/consent.ts';
import type { Touchpoint } from '../domain/touchpoint.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Observer } from '../runtime/observe.ts';
import { type ConsentEntry, type StoredConsent, toConsent, toConsentEntry, toConsentItems } from './consent-item.ts';
import { untilWritten } from './contention.ts';
import { digest } from './digest.ts';
import { absent, equals } from './expression.ts';
import { CONSENT_LOG_PREFIX, consentPk, type ItemKey, optOutKey } from './keys.ts';
import { putAction, type Table, transact } from './table.ts';

/** An address in one organization on one touchpoint; `matchKey` is its normalised form. */
export interface Reach {
  readonly organization: string;
  readonly touchpoint: Touchpoint;
  readonly matchKey: string;
}

/** What consent is written with. */
export interface ConsentParts {
  readonly table: Table;
  readonly pepper: () => Promise<string>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly observe: Observer;
}

/** Stands for an address in the keys of its consent. */
export const addressDigest = (pepper: string, matchKey: string): string => digest(pepper, `address:${matchKey}`);

export const consentKeyOf = (pepper: string, { organization, touchpoint, matchKey }: Reach): ItemKey =>
  optOutKey(organization, addressDigest(pepper, matchKey), touchpoint);

/** What is known of an address at a touchpoint. Consistent: a change stored before this read is seen. */
export async function readConsent(table: Table, pepper: string, reach: Reach): Promise<Consent> {
  return readConsentAt(table, consentKeyOf(pepper, reach));
}

/** The same, of an address that is known by its key alone. */
export const readConsentAt = async (table: Table, key: ItemKey): Promise<Consent> =>
  (await readStored(table, key)).consent;

async function readStored(table: Table, key: ItemKey): Promise<StoredConsent> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: { ...key }, ConsistentRead: true }),
  );
  return toConsent(Item);
}

/**
 * Changes the consent of an address, and notes it in the address's log in the same transaction. A change that is told
 * again, with the same evidence, changes nothing and is not noted again. Throws StillContendedError.
 */
export async function changeConsent(parts: ConsentParts, reach: Reach, change: ConsentChange): Promise<Consent> {
  return changeConsentAt(parts, consentKeyOf(await parts.pepper(), reach), change);
}

/** The same, of an address that is known by its key alone. */
export function changeConsentAt(
  { table, clock, random, observe }: Omit<ConsentParts, 'pepper'>,
  key: ItemKey,
  change: ConsentChange,
): Promise<Consent> {
  return untilWritten(
    async () => {
      const stored = await readStored(table, key);
      const name = change.evidence === undefined ? undefined : `${change.kind}:${change.evidence}`;
      if (name !== undefined && stored.told.includes(name)) return stored.consent;
      const now = clock.now();
      const consent = changedConsent(stored.consent, change, now);
      const { state, entry } = toConsentItems(key, stored, {
        consent,
        change,
        now,
        ...(name !== undefined && { name }),
      });
      const unchanged = stored.version === 0 ? absent('pk') : equals('version', stored.version);
      const outcome = await transact(table, [
        putAction(table, state, unchanged),
        putAction(table, entry, absent('pk')),
      ]);
      return outcome.done ? consent : undefined;
    },
    clock,
    random,
    () => observe.count('WriteContended'),
  );
}

/** As many changes as an address shows; older ones stay in the table. */
const LISTED = 100;

export interface ConsentHistory {
  readonly consents: Readonly<Partial<Record<Touchpoint, Consent>>>;
  /** The newest changes, newest first, those that came too late to have an effect too. */
  readonly log: readonly ConsentEntry[];
}

/** What is known of an address at every touchpoint, and how it came about. One consistent round trip. */
export async function readConsentHistory(
  table: Table,
  pepper: string,
  address: Pick<Reach, 'organization' | 'matchKey'>,
): Promise<ConsentHistory> {
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': consentPk(address.organization, addressDigest(pepper, address.matchKey)) },
      ConsistentRead: true,
      // Touchpoints are in lower case and sort behind the log, so they come first.
      ScanIndexForward: false,
      Limit: LISTED,
    }),
  );
  const isEntry = ({ sk }: { sk?: unknown }): boolean => String(sk).startsWith(CONSENT_LOG_PREFIX);
  return {
    consents: Object.fromEntries(
      Items.filter((item) => !isEntry(item)).map((item) => [item.sk, toConsent(item).consent]),
    ),
    log: Items.filter(isEntry).map(toConsentEntry),
  };
}
