import { createOrganization, createRoot } from '../../functions/admin/organizations/organizations.ts';
import { createService } from '../../functions/admin/services/services.ts';
import { keepToken } from '../../functions/admin/users/kept-tokens.ts';
import { createUser } from '../../functions/admin/users/users.ts';
import { createTemplate } from '../../functions/admin/watemplates/watemplates.ts';
import { CreateOrganizationSchema } from '../../shared/contracts/organization-request.ts';
import { CreateServiceSchema } from '../../shared/contracts/service-request.ts';
import { CreateUserSchema, KeepTokenSchema } from '../../shared/contracts/user-request.ts';
import { CreateTemplateSchema } from '../../shared/contracts/watemplate-request.ts';
import { parseRequest } from '../../shared/http/errors.ts';
import { type Administration, operatorFor, operatorIn } from './administration.ts';

/** Flags by name. */
export type Given = Readonly<Record<string, string | undefined>>;

export interface Made {
  /** The one thing that another command takes. */
  readonly prints: string;
  /** For people. */
  readonly says: string;
}

interface Command {
  readonly flags: readonly string[];
  /** `more` is what flags have no names for. */
  make(parts: Administration, given: Given, more: object): Promise<Made>;
}

const demand = (given: Given, flag: string): string => {
  const value = given[flag];
  if (value) return value.toLowerCase();
  throw new Error(`Say which: --${flag} <id>`);
};

const organization: Command = {
  flags: ['name', 'parent', 'country', 'language'],
  async make(parts, given, more) {
    const { parent, ...draft } = parseRequest(CreateOrganizationSchema, { ...given, ...more });
    const above = parent?.toLowerCase();
    const { id, path } =
      above === undefined
        ? await createRoot(parts, draft)
        : await createOrganization(parts, await operatorIn(parts.table, above), above, draft);
    return { prints: id, says: `The organization ${path} is made.` };
  },
};

const user: Command = {
  flags: ['organization', 'role', 'name', 'email'],
  async make(parts, given, more) {
    const owner = demand(given, 'organization');
    const { role, organization: _owner, ...named } = given;
    const own = [{ organization: owner, role }];
    const { organizations = [], ...draft } = parseRequest(CreateUserSchema, { organizations: own, ...named, ...more });
    const { id } = await createUser(parts, await operatorIn(parts.table, owner), organizations, draft);
    return { prints: id, says: `The user ${id} is made.` };
  },
};

const token: Command = {
  flags: ['user', 'name', 'scope'],
  async make(parts, given, more) {
    const owner = demand(given, 'user');
    const wanted = parseRequest(KeepTokenSchema, { ...given, ...more });
    const { kept, token: words } = await keepToken(parts, await operatorFor(parts.table, owner), owner, wanted);
    return { prints: words, says: `The token ${kept.id} of scope ${kept.scope} is made, and is not shown again.` };
  },
};

const service: Command = {
  flags: ['organization', 'type', 'name'],
  async make(parts, given, more) {
    const owner = demand(given, 'organization');
    const { organization: _organization, ...draft } = parseRequest(CreateServiceSchema, { ...given, ...more });
    const made = await createService(parts, await operatorIn(parts.table, owner), owner, draft);
    const secret = made.secret === undefined ? '' : ` Its secret, which is not shown again, is ${made.secret}`;
    return { prints: made.service.id, says: `The service ${made.service.id} is ${made.service.status}.${secret}` };
  },
};

const template: Command = {
  flags: ['organization', 'name', 'language', 'category', 'text'],
  async make(parts, given, more) {
    const owner = demand(given, 'organization');
    const { organization: _organization, ...draft } = parseRequest(CreateTemplateSchema, { ...given, ...more });
    const made = await createTemplate(parts, await operatorIn(parts.table, owner), owner, draft);
    const { name, language, status } = made.template;
    return { prints: name, says: `The template ${name} in ${language} is ${status}.` };
  },
};

/** What can be made, by its name. */
export const COMMANDS: Readonly<Record<string, Command>> = { organization, user, token, service, template };
