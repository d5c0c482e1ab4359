import type { Outcome } from '../../shared/acceptance/outcome.ts';
import type { Caller } from '../../shared/auth/caller.ts';
import type { Touchpoint } from '../../shared/domain/touchpoint.ts';
import type { IngestParts } from './parts.ts';
import type { Row } from './row.ts';

/** What became of a row. */
export type RowOutcome = Outcome | EndpointOutcome;

/** What became of an endpoint of another system: nobody is written to, and a contact may be known. */
export interface EndpointOutcome extends Omit<Outcome, 'status' | 'messages'> {
  readonly status: 'created' | 'found' | 'refused';
  /** Where their address gets nothing any more. */
  readonly optedOut?: readonly Touchpoint[];
  /** Why address and user do not come together in one contact. */
  readonly conflict?: (typeof ENDPOINT_CONFLICTS)[number];
  /** Fields that a contact cannot have so. */
  readonly leftOut?: readonly string[];
}

export const ENDPOINT_CONFLICTS = ['user_of_other_contact', 'address_of_other_user', 'too_many_endpoints'] as const;

/** A row, looked through. */
export interface PreparedRow {
  /** Two that share one of these are for the same person: the later one must wait for the other. */
  readonly about: readonly string[];
  /** Has its effect once, however often it is done. Throws what is wrong with the row, and faults of ours. */
  carryOut(): Promise<RowOutcome>;
}

/** Whose rows they are, and of which upload. */
export interface Upload {
  readonly caller: Caller;
  readonly digest: string;
}

/** Looks a row through before it is its turn. Throws what is wrong with it whoever it is for. */
export type PrepareRow = (parts: IngestParts, upload: Upload, row: Row) => Promise<PreparedRow>;
