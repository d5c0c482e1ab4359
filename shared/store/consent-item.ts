import * as z from 'zod';
import { CONSENT_CHANGES, CONSENT_SOURCES, type Consent, type ConsentChange, GROUNDS } from '../domain/consent.ts';
import { TOUCHPOINTS } from '../domain/touchpoint.ts';
import { consentLogKey, type ItemKey } from './keys.ts';
import type { Item } from './table.ts';

const StandingSchema = z.object({
  on: z.boolean(),
  at: z.number(),
  source: z.enum(CONSENT_SOURCES),
  reason: z.string(),
});

const ConsentItemSchema = z.object({
  consent: z.partialRecord(z.enum(GROUNDS), StandingSchema),
  version: z.number(),
  told: z.array(z.string()),
});

/** The consent of an address at a touchpoint, as stored. */
export interface StoredConsent {
  readonly consent: Consent;
  /** Counts the changes: the next one is written against the one that was read. */
  readonly version: number;
  /** The newest changes that have evidence, so that one told again is known. */
  readonly told: readonly string[];
}

const ConsentEntrySchema = z.object({
  touchpoint: z.enum(TOUCHPOINTS),
  change: z.enum(CONSENT_CHANGES),
  source: z.enum(CONSENT_SOURCES),
  reason: z.string(),
  evidence: z.string().optional(),
  by: z.string().optional(),
  at: z.number().optional(),
  storedAt: z.number(),
  effective: z.boolean(),
});

/** One change, as it was told. Entries are only ever added. */
export type ConsentEntry = z.infer<typeof ConsentEntrySchema>;

/** As many repetitions as a provider may have under way for one address. */
const TOLD_KEPT = 20;

/** Throws when an item is not a consent: the table holds what this version cannot read. */
export const toConsent = (item: Item | undefined): StoredConsent =>
  item === undefined ? { consent: {}, version: 0, told: [] } : ConsentItemSchema.parse(item);

export const toConsentEntry = (item: Item): ConsentEntry => ConsentEntrySchema.parse(item);

/** The items of a changed consent and of its entry in the log. `name` stands for the change's evidence. */
export function toConsentItems(
  key: ItemKey,
  before: StoredConsent,
  changed: { consent: Consent; change: ConsentChange; now: number; name?: string },
): { state: Item; entry: Item } {
  const { consent, change, now, name } = changed;
  const version = before.version + 1;
  const told = name === undefined ? before.told : [...before.told, name].slice(-TOLD_KEPT);
  return {
    state: { ...key, consent, version, told },
    entry: {
      ...consentLogKey(key, now, version),
      touchpoint: key.sk,
      change: change.kind,
      source: change.source,
      reason: change.reason,
      evidence: change.evidence,
      by: change.by,
      at: change.at,
      storedAt: now,
      effective: GROUNDS.some((ground) => consent[ground] !== before.consent[ground]),
    },
  };
}
