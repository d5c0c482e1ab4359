import { belongs } from '../../shared/acceptance/senders.ts';
import type { Caller } from '../../shared/auth/caller.ts';
import { scopesUpTo } from '../../shared/auth/scopes.ts';
import { invalid, RequestError } from '../../shared/domain/errors.ts';
import type { IngestParts } from './parts.ts';

/**
 * Who an event or upload of an organization acts as: the user it names, else the `ingestUser` of the organization, else
 * that of the nearest one above it. It reaches that organization and those below, and no other of the user's. Throws 404
 * for an unknown organization, 400 when nobody is named or who is named is not an active user of it.
 */
export async function actingUser(parts: IngestParts, organization: string, named: string | undefined): Promise<Caller> {
  const path = (await parts.configuration.organization(organization))?.organization.path;
  if (path === undefined) throw new RequestError('not_found', 'Organization not found');
  const id = named ?? (await ingestUserOf(parts, path));
  if (id === undefined)
    throw invalid('user', 'is required, because neither the organization nor one above it has an ingestUser');
  const user = await parts.users.user(id);
  if (user?.status !== 'active' || !belongs(user, path)) throw invalid('user', 'is not a user of this organization');
  return { user: id, organization, scopes: scopesUpTo('bot'), paths: [path], agentPaths: [path] };
}

async function ingestUserOf({ configuration }: IngestParts, path: string): Promise<string | undefined> {
  for (const organization of path.split('#').reverse()) {
    const user = (await configuration.organization(organization))?.organization.settings.ingestUser;
    if (user !== undefined) return user;
  }
  return undefined;
}
