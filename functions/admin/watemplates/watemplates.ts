import type * as z from 'zod';
import { reachableOrganization } from '../../../shared/acceptance/reachable-organization.ts';
import { type Caller, reaches } from '../../../shared/auth/caller.ts';
import type { Template } from '../../../shared/contracts/configuration.ts';
import type { ChangeTemplateSchema, CreateTemplateSchema } from '../../../shared/contracts/watemplate-request.ts';
import { RequestError } from '../../../shared/domain/errors.ts';
import { type WaTemplate, WaTemplateSchema } from '../../../shared/domain/wa-template.ts';
import { parseRequest } from '../../../shared/http/errors.ts';
import {
  deleteTemplate as eraseTemplate,
  findTemplate,
  getTemplate,
  putTemplate,
  listTemplates as readTemplates,
} from '../../../shared/store/templates.ts';
import type { AdminParts } from '../parts.ts';
import { accountOf, demandAccounts, demandDone, META_TIMEOUT_MS } from './business-accounts.ts';

interface Shown {
  readonly template: Template;
  readonly orgPath: string;
}

/** The templates of an organization, by name and language. Throws 404. */
export async function listTemplates(parts: AdminParts, caller: Caller, id: string): Promise<Shown[]> {
  const { organization } = await reachableOrganization(parts, caller, id);
  const templates = await readTemplates(parts.table, id);
  return templates.map((template) => ({ template, orgPath: organization.path }));
}

/** Throws 404, for one that is out of reach too. */
export async function readTemplate(parts: AdminParts, caller: Caller, id: string): Promise<Shown> {
  const { template, configuration } = await locate(parts, caller, id);
  return { template, orgPath: configuration.organization.path };
}

async function locate(parts: AdminParts, caller: Caller, id: string) {
  const template = await findTemplate(parts.table, id);
  const configuration = template && (await parts.configuration.organization(template.organization));
  if (template && configuration && reaches(caller, configuration.organization.path)) return { template, configuration };
  throw new RequestError('not_found', 'Template not found');
}

/**
 * Makes a template at Meta, which has to approve it, and stores it once Meta has it: what is cut off in between is
 * found by the next sync. Throws 400, 404, 409 for one that is there, 502.
 */
export async function createTemplate(
  parts: Pick<AdminParts, 'table' | 'configuration' | 'clock' | 'templates' | 'secrets'>,
  caller: Caller,
  organization: string,
  draft: Omit<z.output<typeof CreateTemplateSchema>, 'organization'>,
): Promise<Shown> {
  const configuration = await reachableOrganization(parts, caller, organization);
  const { name, language, category, parameter_format, components } = parseRequest(WaTemplateSchema, draft);
  const [account] = await demandAccounts(parts, configuration);
  const known = await getTemplate(parts.table, { organization, name, language });
  if (known && known.status !== 'DELETED') {
    throw new RequestError('template_exists', `There is a template "${name}" in ${language} already.`);
  }
  const content = { category, parameter_format, components };
  const made = demandDone(await parts.templates.create(account, { name, language, ...content }, META_TIMEOUT_MS));
  const now = parts.clock.now();
  const template: Template = {
    organization,
    name,
    language,
    ...content,
    ...(made.category !== undefined && { category: made.category.toUpperCase() }),
    status: made.status.toUpperCase(),
    providerId: made.id,
    businessAccountId: account.id,
    createdAt: now,
    updatedAt: now,
  };
  await putTemplate(parts.table, template);
  parts.configuration.forget(organization);
  return { template, orgPath: configuration.organization.path };
}

/** Changes a template's content at Meta, which reviews it again, then here. Throws 400, 404, 502. */
export async function changeTemplate(
  parts: AdminParts,
  caller: Caller,
  id: string,
  changes: z.output<typeof ChangeTemplateSchema>,
): Promise<Shown> {
  const { template, configuration } = await locate(parts, caller, id);
  const account = accountOf(await demandAccounts(parts, configuration), template);
  const { reason: _, ...kept } = template;
  const next = { ...kept, ...changed(template, changes), status: 'PENDING', updatedAt: parts.clock.now() };
  const sent = { components: next.components, ...(changes.category && { category: changes.category }) };
  demandDone(await parts.templates.change(account, demandProviderId(template), sent, META_TIMEOUT_MS));
  await putTemplate(parts.table, next);
  parts.configuration.forget(template.organization);
  return { template: next, orgPath: configuration.organization.path };
}

/** The content as it becomes. Throws 400 for one that makes no template. */
function changed(template: Template, { components, text, category }: z.output<typeof ChangeTemplateSchema>) {
  const { name, language } = template;
  const given = components ?? text;
  const content: Pick<WaTemplate, 'components'> =
    given === undefined ? template : parseRequest(WaTemplateSchema, { name, language, components, text });
  return { components: content.components, ...(category && { category }) };
}

const demandProviderId = ({ providerId, name }: Template): string => {
  if (providerId !== undefined) return providerId;
  throw new RequestError('invalid_request', `Meta does not know "${name}" yet: POST /v2/watemplates/sync first.`);
};

/** Deletes a template at Meta, if Meta has it, then here. Throws 400, 404, 502. */
export async function deleteTemplate(parts: AdminParts, caller: Caller, id: string): Promise<void> {
  const { template, configuration } = await locate(parts, caller, id);
  const { providerId, name, status } = template;
  if (providerId !== undefined && status !== 'DELETED') {
    const account = accountOf(await demandAccounts(parts, configuration), template);
    demandDone(await parts.templates.remove(account, { name, id: providerId }, META_TIMEOUT_MS));
  }
  await eraseTemplate(parts.table, template);
  parts.configuration.forget(template.organization);
}
