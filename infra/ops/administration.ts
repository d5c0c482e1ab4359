import type { AdminParts } from '../../functions/admin/parts.ts';
import type { WebhookMaking } from '../../functions/admin/services/webhook-params.ts';
import type { Caller } from '../../shared/auth/caller.ts';
import { SCOPES } from '../../shared/auth/scopes.ts';
import { createTokenService } from '../../shared/auth/tokens.ts';
import { createTemplateManager } from '../../shared/providers/whatsapp/templates.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { createIdMaker } from '../../shared/runtime/ids.ts';
import { createSecretReader } from '../../shared/runtime/secrets.ts';
import { createConfigurationReader } from '../../shared/store/configuration.ts';
import { getOrganization } from '../../shared/store/organizations.ts';
import type { Table } from '../../shared/store/table.ts';
import { readUser } from '../../shared/store/users.ts';
import type { Installation } from './installation.ts';

/** What the use cases of the API that an operator runs work with, on an installation. */
export type Administration = Pick<
  AdminParts,
  'table' | 'configuration' | 'clock' | 'ids' | 'tokens' | 'secrets' | 'templates' | 'stage'
> &
  WebhookMaking;

export async function createAdministration(installation: Installation): Promise<Administration> {
  const { stage, metaUrl } = installation;
  const table = await installation.table();
  const secrets = createSecretReader(installation.secrets);
  return {
    table,
    stage,
    secrets,
    configuration: createConfigurationReader(table, systemClock),
    clock: systemClock,
    ids: createIdMaker(),
    tokens: createTokenService(async () => secrets.text(await installation.secretId('TokenKey')), systemClock),
    pepper: async () => secrets.text(await installation.secretId('Pepper')),
    templates: createTemplateManager({ baseUrl: metaUrl }),
    webhooks: { loopback: stage === 'local' },
  };
}

/** Whom the table names as the maker of what an operator made. */
const OPERATOR = '0'.repeat(24);

/** An operator, who reaches the whole tree that an organization is part of. */
export async function operatorIn(table: Table, organization: string): Promise<Caller> {
  const found = await getOrganization(table, organization);
  return operatorAt(organization, found?.path ?? organization);
}

/** An operator, who reaches all organizations of a user. */
export async function operatorFor(table: Table, user: string): Promise<Caller> {
  const found = await readUser(table, user);
  const paths = found?.organizations.map(({ organization, orgPath = organization }) => orgPath) ?? [];
  return operatorAt(found?.organizations[0]?.organization ?? '', ...paths);
}

function operatorAt(organization: string, ...orgPaths: string[]): Caller {
  const paths = orgPaths.map((path) => path.split('#')[0] ?? path);
  return { user: OPERATOR, organization, scopes: SCOPES, paths, agentPaths: paths };
}
