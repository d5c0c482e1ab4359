import { type Consent, GROUNDS, groundAgainst } from '../../../shared/domain/consent.ts';
import type { ConsentEntry } from '../../../shared/store/consent-item.ts';

const iso = (moment: number): string => new Date(moment).toISOString();

const statusOf = (isForbidden: boolean): string => (isForbidden ? 'opted_out' : 'opted_in');

/** What stands at a touchpoint: for messages at all, for marketing, and on which grounds. */
export const consentView = (consent: Consent) => ({
  status: statusOf(groundAgainst(consent, 'transactional') !== undefined),
  marketing: statusOf(groundAgainst(consent, 'marketing') !== undefined),
  grounds: GROUNDS.flatMap((ground) => {
    const standing = consent[ground];
    if (!standing?.on) return [];
    const { at, source, reason } = standing;
    return [{ ground, since: iso(at), source, reason }];
  }),
});

/** One change, as the log shows it. */
export const consentEntryView = ({ at, storedAt, ...entry }: ConsentEntry) => ({
  ...entry,
  ...(at !== undefined && { at: iso(at) }),
  storedAt: iso(storedAt),
});
