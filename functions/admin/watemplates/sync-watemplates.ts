import { isDeepStrictEqual } from 'node:util';
import { reachableOrganization } from '../../../shared/acceptance/reachable-organization.ts';
import type { Caller } from '../../../shared/auth/caller.ts';
import type { Template } from '../../../shared/contracts/configuration.ts';
import type { WaTemplate } from '../../../shared/domain/wa-template.ts';
import type { TemplateListing } from '../../../shared/providers/whatsapp/templates.ts';
import { listTemplates, replaceTemplate } from '../../../shared/store/templates.ts';
import type { AdminParts } from '../parts.ts';
import { demandAccounts, demandDone, META_TIMEOUT_MS } from './business-accounts.ts';

/** How many templates came, changed and went; what could not be made out stays as it was. */
export interface SyncCounts {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
  readonly unread: number;
}

/**
 * Brings an organization's templates to what Meta has; those that Meta has not any more become DELETED. Ours are read
 * before Meta's, and written only if nobody did since: what is made or decided meanwhile is not undone. Throws 400,
 * 404, 502, and then nothing has changed.
 */
export async function syncTemplates(parts: AdminParts, caller: Caller, organization: string): Promise<SyncCounts> {
  const accounts = await demandAccounts(parts, await reachableOrganization(parts, caller, organization));
  const ours = await listTemplates(parts.table, organization);
  const listings: (TemplateListing & { account: string })[] = [];
  const end = parts.clock.now() + META_TIMEOUT_MS;
  for (const account of accounts) {
    const listing = demandDone(await parts.templates.list(account, Math.max(1, end - parts.clock.now())));
    listings.push({ ...listing, account: account.id });
  }
  const theirs = listings.flatMap(({ templates, account }) => templates.map((template) => ({ ...template, account })));
  const unread = listings.flatMap((listing) => listing.unread);
  const now = parts.clock.now();

  const counts = { added: 0, changed: 0, removed: 0, unchanged: 0, unread: unread.length };
  for (const listed of theirs) {
    const seen = ours.find((template) => isSame(template, listed));
    const next = asListed(listed, seen, { organization, now });
    if (seen && isDeepStrictEqual(contentOf(seen), contentOf(next))) counts.unchanged += 1;
    else if (await replaceTemplate(parts.table, next, seen)) counts[seen ? 'changed' : 'added'] += 1;
  }
  const isGone = (template: Template): boolean =>
    template.status !== 'DELETED' && ![...theirs, ...unread].some((listed) => isSame(template, listed));
  for (const template of ours.filter(isGone)) {
    const next = { ...template, status: 'DELETED', updatedAt: now };
    if (await replaceTemplate(parts.table, next, template)) counts.removed += 1;
  }
  parts.configuration.forget(organization);
  return counts;
}

type Named = Pick<WaTemplate, 'name' | 'language'>;
const isSame = (a: Named, b: Named): boolean => a.name === b.name && a.language === b.language;

function asListed(
  { id, account, name, language, status, category, parameter_format, components }: WaTemplate & { account: string },
  seen: Template | undefined,
  at: { organization: string; now: number },
): Template {
  return {
    organization: at.organization,
    name,
    language,
    status,
    // Meta's list gives no reason: what its webhook said stands while the status does.
    ...(seen?.status === status && seen.reason !== undefined && { reason: seen.reason }),
    ...(category !== undefined && { category }),
    ...(parameter_format !== undefined && { parameter_format }),
    components,
    ...(id !== undefined && { providerId: id }),
    businessAccountId: account,
    createdAt: seen?.createdAt ?? at.now,
    updatedAt: at.now,
  };
}

const contentOf = ({ status, category, parameter_format, components, providerId, businessAccountId }: Template) => ({
  status,
  category,
  parameter_format,
  components,
  providerId,
  businessAccountId,
});
