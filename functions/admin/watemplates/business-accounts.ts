import type { Service, Template } from '../../../shared/contracts/configuration.ts';
import { RequestError } from '../../../shared/domain/errors.ts';
import type { BusinessAccount, Managed } from '../../../shared/providers/whatsapp/templates.ts';
import type { OrganizationConfiguration } from '../../../shared/store/configuration.ts';
import type { AdminParts } from '../parts.ts';

/** Within what `api` has to answer. */
export const META_TIMEOUT_MS = 8_000;

/**
 * The accounts in which an organization's templates are kept at Meta, each once; the first is the one for new ones.
 * Throws 400 when no service names one.
 */
export async function demandAccounts(
  { secrets }: Pick<AdminParts, 'secrets'>,
  { services }: OrganizationConfiguration,
): Promise<[BusinessAccount, ...BusinessAccount[]]> {
  const accounts = new Map<string, BusinessAccount>();
  for (const { params } of services.filter(isManaged)) {
    const { accessToken } = params.secret === undefined ? {} : await secrets.fields(params.secret);
    const id = params.businessAccountId ?? '';
    if (accessToken !== undefined && !accounts.has(id)) accounts.set(id, { id, accessToken });
  }
  const [first, ...others] = accounts.values();
  if (first) return [first, ...others];
  throw new RequestError(
    'invalid_request',
    'Templates are kept at Meta: the organization needs an active service of type whatsapp with ' +
      'params.businessAccountId, and params.secret with an accessToken.',
    [{ path: 'organization', message: 'has no whatsapp service with businessAccountId and secret' }],
  );
}

/** The account that a template is kept in, while a service names it; else the first. */
export const accountOf = (
  [first, ...others]: readonly [BusinessAccount, ...BusinessAccount[]],
  { businessAccountId }: Pick<Template, 'businessAccountId'>,
): BusinessAccount => others.find(({ id }) => id === businessAccountId) ?? first;

const isManaged = ({ type, status, params }: Service): boolean =>
  type === 'whatsapp' && status === 'active' && Boolean(params.businessAccountId && params.secret);

/** What Meta answered. Throws 400 in Meta's words for what it does not take, 502 where it cannot be reached. */
export function demandDone<T>(managed: Managed<T>): T {
  if (managed.done) return managed.value;
  throw managed.refused
    ? new RequestError('template_refused', `Meta does not take it: ${managed.message}`)
    : new RequestError('provider_unavailable', `Meta cannot be reached for this: ${managed.message}`);
}
