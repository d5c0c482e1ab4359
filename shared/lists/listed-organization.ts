import type { Caller } from '../auth/caller.ts';
import type { Filter, ListQuery } from '../contracts/list-query.ts';
import { invalid } from '../domain/errors.ts';
import { idWanted } from './ids-wanted.ts';
import { valueWanted, without } from './values-wanted.ts';

/** The one organization that a list is of, and what else is asked for. Throws 400. */
export function listedOrganization(query: ListQuery, caller: Caller): { organization: string; rest: ListQuery } {
  return {
    organization: organizationWanted(query.filters, caller),
    rest: { ...query, filters: without(query.filters, 'organization') },
  };
}

/** The organization that is named by its id or by its whole path; else the token's. Throws 400 for several. */
export function organizationWanted(filters: readonly Filter[], caller: Caller): string {
  const id = idWanted(filters, 'organization');
  if (id !== undefined) return id;
  if (!filters.some(({ field }) => field === 'orgPath')) return caller.organization;
  const last = valueWanted(filters, 'orgPath')?.split('#').at(-1);
  if (last) return last.toLowerCase();
  throw invalid('orgPath', 'must be one whole path, or stand beside organization: a list is of one organization');
}
