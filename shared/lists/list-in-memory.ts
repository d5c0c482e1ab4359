import type { IdentifiedCaller } from '../auth/caller.ts';
import type { ListQuery } from '../contracts/list-query.ts';
import { jsonResponse } from '../http/errors.ts';
import type { HttpRequest, HttpResponse } from '../http/handler.ts';
import type { Fields } from './fields.ts';
import { fitsAll } from './filter-views.ts';
import { nextLink } from './next-link.ts';
import type { References } from './populate.ts';
import { showAll } from './show.ts';
import { sortViews } from './sort-views.ts';

/** A list that is small enough to be read whole, in its own order. */
export interface SmallList {
  readonly query: ListQuery;
  /** What can be filtered and sorted by. */
  readonly fields: Fields;
  readonly views: readonly unknown[];
  readonly references?: References;
  readonly caller: IdentifiedCaller;
}

/**
 * The page that was asked for, with `Link` to the next one and how many there are in `X-Total-Count`. Throws 400 for a
 * filter, an order or a reference that there is not.
 */
export async function listInMemory(
  publicUrl: string,
  request: HttpRequest,
  { query, fields, views, references = {}, caller }: SmallList,
): Promise<HttpResponse> {
  const found = sortViews(views.filter(fitsAll(query.filters, fields)), query.sort, fields);
  const end = query.offset + query.limit;
  const page = await showAll(found.slice(query.offset, end), { shown: query, references, caller });
  return jsonResponse(200, page, {
    'x-total-count': String(found.length),
    ...(end < found.length && nextLink(publicUrl, request, { offset: end })),
  });
}
