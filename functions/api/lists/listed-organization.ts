import type { Caller } from '../../../shared/auth/caller.ts';
import type { ListQuery } from '../../../shared/contracts/list-query.ts';
import { idWanted } from './ids-wanted.ts';
import { without } from './values-wanted.ts';

/** The one organization that a list is of (none named: the token's), and what else is asked for. Throws 400. */
export function listedOrganization(query: ListQuery, caller: Caller): { organization: string; rest: ListQuery } {
  return {
    organization: idWanted(query.filters, 'organization') ?? caller.organization,
    rest: { ...query, filters: without(query.filters, 'organization') },
  };
}
