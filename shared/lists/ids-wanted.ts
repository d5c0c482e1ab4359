import { ObjectIdSchema } from '../contracts/conversation-request.ts';
import type { Filter } from '../contracts/list-query.ts';
import { invalid } from '../domain/errors.ts';
import { valuesWanted, valueWanted } from './values-wanted.ts';

/** The ids that are asked for; undefined where none are, or not by `=`. Throws 400 for what is no id. */
export function idsWanted(filters: readonly Filter[], field = 'id'): string[] | undefined {
  return valuesWanted(filters, field)?.map((id) => {
    if (ObjectIdSchema.safeParse(id).success) return id.toLowerCase();
    throw invalid(field, 'must be ids of 24 hexadecimal digits');
  });
}

/** The one id that a field is asked to have; undefined where it is not asked for. Throws 400 for anything else. */
export function idWanted(filters: readonly Filter[], field: string): string | undefined {
  if (!filters.some((filter) => filter.field === field)) return undefined;
  const id = valueWanted(filters, field);
  if (id !== undefined && ObjectIdSchema.safeParse(id).success) return id.toLowerCase();
  throw invalid(field, 'must be one id of 24 hexadecimal digits');
}
