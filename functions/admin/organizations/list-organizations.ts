import type { Caller } from '../../../shared/auth/caller.ts';
import type { Filter } from '../../../shared/contracts/list-query.ts';
import { invalid } from '../../../shared/domain/errors.ts';
import { fitsAll } from '../../../shared/lists/filter-views.ts';
import { getOrganizations, listDescendants, type StoredOrganization } from '../../../shared/store/organizations.ts';
import type { AdminParts } from '../parts.ts';
import { PLACE_FIELDS } from './organization-fields.ts';

/** What is read for one request, within what `api` has to answer. */
const MOST_READ = 2_000;

/**
 * The organizations in reach, each behind the one above it. Only those are read whose place fits the filters. Throws 400
 * when that are too many.
 */
export async function listOrganizations(
  { table }: Pick<AdminParts, 'table'>,
  { paths }: Pick<Caller, 'paths'>,
  filters: readonly Filter[],
): Promise<StoredOrganization[]> {
  const ofPlace = filters.filter(({ field }) => Object.hasOwn(PLACE_FIELDS, field));
  const places = (await pathsInReach(table, paths)).map(placeOf).filter(fitsAll(ofPlace, PLACE_FIELDS));
  if (places.length > MOST_READ) {
    throw invalid('parent', `or id, or path=^… is needed: there are ${places.length} organizations`);
  }
  const found = await getOrganizations(
    table,
    places.map(({ id }) => id),
  );
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function pathsInReach(table: AdminParts['table'], paths: readonly string[]): Promise<string[]> {
  const tops = paths.filter((path) => !paths.some((other) => path.startsWith(`${other}#`)));
  const below = await Promise.all(tops.map((path) => listDescendants(table, placeOf(path).id)));
  return [...new Set([...tops, ...below.flat()])];
}

function placeOf(path: string) {
  const ids = path.split('#');
  return { id: ids.at(-1) ?? path, parent: ids.at(-2), path, level: ids.length };
}
