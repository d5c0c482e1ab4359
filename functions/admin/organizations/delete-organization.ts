import { type Caller, reaches } from '../../../shared/auth/caller.ts';
import { RequestError } from '../../../shared/domain/errors.ts';
import { clearConfiguration, contentsOf } from '../../../shared/store/organization-contents.ts';
import {
  closeOrganization,
  eraseOrganization,
  getOrganization,
  reopenOrganization,
} from '../../../shared/store/organizations.ts';
import type { AdminParts } from '../parts.ts';

/**
 * Deletes an organization in which nothing is any more, with its services, channels and templates. It is closed before
 * what is in it is counted for good, and cut off after that it stays closed: repeating the request goes on. Throws 404,
 * 409.
 */
export async function deleteOrganization(parts: AdminParts, caller: Caller, id: string): Promise<void> {
  const { table, clock, configuration } = parts;
  const seen = await getOrganization(table, id);
  if (!seen || !reaches(caller, seen.path)) throw notFound();
  if (seen.closedAt === undefined) await demandEmpty(parts, id);
  const closedAt = Math.max(clock.now(), (seen.closedAt ?? 0) + 1);
  if (!(await closeOrganization(table, seen, closedAt))) throw notFound();
  configuration.forget(id);
  await demandEmpty(parts, id).catch(async (error: unknown) => {
    await reopenOrganization(table, id, closedAt);
    throw error;
  });
  await clearConfiguration(table, id);
  await eraseOrganization(table, seen, closedAt);
}

const notFound = () => new RequestError('not_found', 'Organization not found');

async function demandEmpty({ table }: AdminParts, id: string): Promise<void> {
  const contents = await contentsOf(table, id);
  if (contents.length === 0) return;
  throw new RequestError(
    'organization_not_empty',
    `The organization still has ${contents.join(', ')}: delete them first.`,
    contents.map((path) => ({ path, message: 'are still there' })),
  );
}
