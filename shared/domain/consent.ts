import type { Purpose } from './purpose.ts';

/** Why nothing may go to an address by a touchpoint, most telling first: each stands and is lifted for itself. */
export const GROUNDS = ['stop', 'complaint', 'unusable', 'marketing'] as const;
export type Ground = (typeof GROUNDS)[number];

/** What can happen to the consent of an address. */
export const CONSENT_CHANGES = [
  'stop',
  'start',
  'complaint',
  'bounce',
  'marketing_stop',
  'marketing_start',
  'opted_in',
  'forgotten',
] as const;
export type ConsentChangeKind = (typeof CONSENT_CHANGES)[number];

export const CONSENT_SOURCES = ['reply', 'provider', 'unsubscribe', 'api', 'import'] as const;
export type ConsentSource = (typeof CONSENT_SOURCES)[number];

/**
 * What each change does to the grounds: true they stand from then on, false they are lifted. The contact's own START
 * takes back a STOP and nothing else: not that they complained, nor that the address does not work, nor that they want
 * no marketing. `opted_in` is consent given anew, told by the organization; `forgotten` leaves nothing.
 */
const EFFECTS: Readonly<Record<ConsentChangeKind, Readonly<Partial<Record<Ground, boolean>>>>> = {
  stop: { stop: true },
  start: { stop: false },
  complaint: { complaint: true },
  bounce: { unusable: true },
  marketing_stop: { marketing: true },
  marketing_start: { marketing: false },
  opted_in: { stop: false, complaint: false, marketing: false },
  forgotten: { stop: false, complaint: false, unusable: false, marketing: false },
};

export interface ConsentChange {
  readonly kind: ConsentChangeKind;
  readonly source: ConsentSource;
  /** The word, the provider's code, or what the caller of the API says. */
  readonly reason: string;
  /** What proves it, the same when the change is told again: stands for a message of the contact, or names one of ours. */
  readonly evidence?: string;
  /** The user who told us of it. */
  readonly by?: string;
  /** When it happened by the provider's clock, epoch milliseconds; absent: now, after all that is known. */
  readonly at?: number;
}

/** Whether a ground stands, and the change that decided it. */
export interface Standing {
  readonly on: boolean;
  readonly at: number;
  readonly source: ConsentSource;
  readonly reason: string;
}

/** What is known of an address at a touchpoint. Empty: nothing speaks against a message. */
export type Consent = Readonly<Partial<Record<Ground, Standing>>>;

/** Providers that tell whole seconds may mean their end. */
const WITHIN_SECOND_MS = 999;

/**
 * The consent after a change. For each ground the latest change by the provider's time decides, and one that forbids
 * wins over one that allows at the same time, so that changes told in any order end the same.
 */
export function changedConsent(consent: Consent, change: ConsentChange, now: number): Consent {
  const next: Partial<Record<Ground, Standing>> = { ...consent };
  for (const ground of GROUNDS) {
    const on = EFFECTS[change.kind][ground];
    if (on === undefined) continue;
    const known = consent[ground];
    const at = momentOf(change, on, known, now);
    if (known && (at < known.at || (at === known.at && !on))) continue;
    next[ground] = { on, at, source: change.source, reason: change.reason };
  }
  return next;
}

function momentOf({ at }: ConsentChange, on: boolean, known: Standing | undefined, now: number): number {
  if (at === undefined) return Math.max(now, (known?.at ?? 0) + 1);
  return Math.min(now, on && at % 1000 === 0 ? at + WITHIN_SECOND_MS : at);
}

/** The ground that forbids a message of this purpose; undefined when none does. */
export const groundAgainst = (consent: Consent, purpose: Purpose): Ground | undefined =>
  GROUNDS.find((ground) => consent[ground]?.on === true && (ground !== 'marketing' || purpose === 'marketing'));
