import type { OrganizationView } from '../contracts/views/organizations.ts';
import type { StoredOrganization } from '../store/organizations.ts';

const iso = (moment: number | undefined): string | undefined =>
  moment === undefined ? undefined : new Date(moment).toISOString();

/** An organization as the API shows it; what was not set is left out (contract section 1). */
export function organizationView(organization: StoredOrganization): OrganizationView {
  const ids = organization.path.split('#');
  return {
    id: organization.id,
    name: organization.name,
    displayName: organization.displayName,
    email: organization.email,
    url: organization.url,
    logo: organization.logo,
    industry: organization.industry,
    country: organization.country,
    language: organization.language,
    status: organization.status,
    stopwords: organization.stopwords,
    categories: organization.categories,
    commands: organization.commands,
    tags: organization.tags,
    settings: organization.settings,
    meta: organization.meta,
    parent: ids.at(-2),
    path: organization.path,
    level: ids.length,
    createdAt: iso(organization.createdAt),
    updatedAt: iso(organization.updatedAt),
  };
}
