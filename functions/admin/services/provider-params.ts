import type * as z from 'zod';
import { type Caller, reaches } from '../../../shared/auth/caller.ts';
import type { Service } from '../../../shared/contracts/configuration.ts';
import { ProviderParamsSchema } from '../../../shared/contracts/service-request.ts';
import { invalid, RequestError } from '../../../shared/domain/errors.ts';
import { parseRequest } from '../../../shared/http/errors.ts';

/** Where a type's credentials are in Secrets Manager; types without send as the installation's own AWS account. */
const SECRETS: Readonly<Partial<Record<Service['type'], 'sms' | 'whatsapp'>>> = {
  twilio: 'sms',
  sunshine: 'sms',
  whatsapp: 'whatsapp',
};

/** What belongs into such a secret. */
const CREDENTIALS: ReadonlySet<string> = new Set([
  'authToken',
  'accessToken',
  'appSecret',
  'verifyToken',
  'keyId',
  'keySecret',
  'webhookSecret',
  'password',
  'apiKey',
  'token',
]);

export interface ServiceOwner {
  readonly caller: Caller;
  readonly organization: string;
  readonly orgPath: string;
}

/**
 * Params of a service that carries messages. Throws 400 for credentials among them, and for the name of a secret that is
 * not stored for the service's organization, or for one above it that the caller reaches; 403 for a service that sends as
 * the installation itself, whose senders all organizations share, unless the caller is of its root.
 */
export function demandProviderParams(
  stage: string,
  type: Service['type'],
  given: unknown,
  owner: ServiceOwner,
): z.output<typeof ProviderParamsSchema> {
  const params = parseRequest(ProviderParamsSchema, given, 'params');
  const credential = Object.keys(params).find((name) => CREDENTIALS.has(name));
  if (credential) {
    throw invalid(
      `params.${credential}`,
      'is a credential: store it in Secrets Manager, and name the secret in params.secret',
    );
  }
  const place = SECRETS[type];
  if (place) demandOwnSecret(`overture/${stage}/${place}/`, params.secret, owner);
  else demandRoot(type, owner);
  return params;
}

function demandOwnSecret(prefix: string, secret: string | undefined, { caller, orgPath, organization }: ServiceOwner) {
  if (secret === undefined) return;
  const [owner = '', ...name] = secret.startsWith(prefix) ? secret.slice(prefix.length).split('/') : [];
  const path = orgPath.split('#');
  const at = path.indexOf(owner);
  const isReached = at >= 0 && reaches(caller, path.slice(0, at + 1).join('#'));
  if (isReached && name.length > 0 && name.every((part) => /^[\w+=.@-]+$/.test(part))) return;
  throw invalid('params.secret', `must be ${prefix}${organization}/<name>, so that it is this organization's own`);
}

function demandRoot(type: string, { caller, orgPath }: ServiceOwner): void {
  if (reaches(caller, orgPath.split('#')[0] ?? '')) return;
  throw new RequestError(
    'forbidden',
    `A service of type ${type} sends as the installation's own account: only users of its root organization make or change one.`,
  );
}
