import { type Caller, reaches } from '../../../shared/auth/caller.ts';
import type { OrganizationDraft, PatchOrganization } from '../../../shared/contracts/organization-request.ts';
import { invalid, RequestError } from '../../../shared/domain/errors.ts';
import { untilWritten } from '../../../shared/store/contention.ts';
import {
  getOrganization,
  type StoredOrganization,
  createOrganization as store,
  updateOrganization,
} from '../../../shared/store/organizations.ts';
import { laterThan } from '../../../shared/store/versions.ts';
import type { AdminParts } from '../parts.ts';
import { cleared, replacing } from '../replacing.ts';

/** A path is part of a key, and of every conversation. */
const MOST_LEVELS = 10;

const notFound = () => new RequestError('not_found', 'Organization not found');

/** An organization as it is now. Throws 404, for one that is out of reach too. */
export async function readOrganization(
  { table }: Pick<AdminParts, 'table'>,
  caller: Pick<Caller, 'paths'>,
  id: string,
): Promise<StoredOrganization> {
  const found = await getOrganization(table, id);
  if (found && found.closedAt === undefined && reaches(caller, found.path)) return found;
  throw notFound();
}

type Making = Pick<AdminParts, 'table' | 'clock' | 'ids'>;

/** Makes an organization below another one. Throws 400, and 404 for a parent that is out of reach. */
export async function createOrganization(
  parts: Making,
  caller: Pick<Caller, 'paths'>,
  parent: string,
  draft: OrganizationDraft,
): Promise<StoredOrganization> {
  const above = await readOrganization(parts, caller, parent);
  if (above.path.split('#').length >= MOST_LEVELS) {
    throw invalid('parent', `must not be deeper than level ${MOST_LEVELS - 1}`);
  }
  return make(parts, draft, above);
}

/** Makes an organization that stands below none: for operators alone, who answer to nobody else. */
export const createRoot = (parts: Making, draft: OrganizationDraft): Promise<StoredOrganization> => make(parts, draft);

async function make(
  { table, clock, ids }: Making,
  draft: OrganizationDraft,
  above?: StoredOrganization,
): Promise<StoredOrganization> {
  const now = clock.now();
  const id = ids.next(now);
  const organization: StoredOrganization = {
    ...cleared(draft),
    id,
    ...(above && { parent: above.id }),
    path: above ? `${above.path}#${id}` : id,
    status: 'active',
    createdAt: now,
    updatedAt: now,
  };
  if (await store(table, organization)) return organization;
  throw notFound();
}

/** Changes what is named; its place in the tree stays. Throws 400, 404. */
export async function changeOrganization(
  parts: AdminParts,
  caller: Caller,
  id: string,
  { parent, ...named }: PatchOrganization,
): Promise<StoredOrganization> {
  const { table, clock, random, observe } = parts;
  const changed = await untilWritten(
    async () => {
      const seen = await readOrganization(parts, caller, id);
      if (parent !== undefined && parent.toLowerCase() !== seen.path.split('#').at(-2)) {
        throw invalid('parent', 'cannot be changed: conversations and users know the organization by its path');
      }
      const { set, remove } = replacing(named);
      return updateOrganization(table, seen, { set: { ...set, updatedAt: laterThan(seen, clock.now()) }, remove });
    },
    clock,
    random,
    () => observe.count('WriteContended'),
  );
  parts.configuration.forget(id);
  return changed;
}
