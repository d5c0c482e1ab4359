import type { Caller } from '../../../shared/auth/caller.ts';
import { ObjectIdSchema } from '../../../shared/contracts/conversation-request.ts';
import type { ListQuery } from '../../../shared/contracts/list-query.ts';
import { invalid } from '../../../shared/domain/errors.ts';

/** The one organization that a list is of (none named: the token's), and what else is asked for. Throws 400. */
export function listedOrganization(query: ListQuery, caller: Caller): { organization: string; rest: ListQuery } {
  const named = query.filters.filter(({ field }) => field === 'organization');
  const rest = { ...query, filters: query.filters.filter(({ field }) => field !== 'organization') };
  const [filter] = named;
  if (!filter) return { organization: caller.organization, rest };
  const [id, ...others] = filter.values;
  const isOne = named.length === 1 && filter.operator === 'is' && others.length === 0;
  if (!isOne || !ObjectIdSchema.safeParse(id).success)
    throw invalid('organization', 'must be one id of 24 hexadecimal digits');
  return { organization: id.toLowerCase(), rest };
}
