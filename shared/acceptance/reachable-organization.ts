import { type Caller, reaches } from '../auth/caller.ts';
import { RequestError } from '../domain/errors.ts';
import type { ConfigurationReader, OrganizationConfiguration } from '../store/configuration.ts';

/** An organization's configuration. Throws 404 for one that is unknown or out of reach. */
export async function reachableOrganization(
  { configuration }: { readonly configuration: ConfigurationReader },
  caller: Caller,
  id: string,
): Promise<OrganizationConfiguration> {
  const found = await configuration.organization(id);
  if (found && reaches(caller, found.organization.path)) return found;
  throw new RequestError('not_found', 'Organization not found', [
    { path: 'organization', message: 'is not an organization that your token reaches' },
  ]);
}
