import { RequestError } from '../../shared/domain/errors.ts';
import type { HttpRequest } from '../../shared/http/handler.ts';

/** Resources of the reference API that Overture does not have (contract sections 11 and 12), and what there is instead. */
const UNSUPPORTED: ReadonlyMap<string, string> = new Map([
  ['articles', 'There are no articles: keep them in your own knowledge base.'],
  ['botinstances', 'There are no bot instances: a bot is a user of role bot in each organization that it serves.'],
  ['bots', 'There are no bots beside users: a bot is a user of role bot, at /v2/users.'],
  ['files', 'There are no files: send the address of a file in the items of a message.'],
  ['forms', 'There are no forms: messages carry results without one.'],
  ['kbases', 'There are no knowledge bases: keep them in a system of your own.'],
  ['kbitems', 'There are no knowledge items: keep them in a system of your own.'],
  ['links', 'There are no short links: put whole ones into the text.'],
  ['locations', 'There are no locations: keep them in the meta of an organization.'],
  ['metrics', 'There are no metrics by API: CloudWatch has them.'],
  ['orggroups', 'There are no groups of organizations: their tree and their tags group them.'],
  ['partners', 'There are no partners: a partner is an organization with others below it.'],
  ['points', 'There are no points of metrics by API: CloudWatch has them.'],
  ['testresults', 'There are no results of tests: ask first with ?dryRun=true.'],
  ['tests', 'There are no tests of bots: ask first with ?dryRun=true.'],
  ['workflows', 'There are no workflows: all channels of an organization are told.'],
]);

/** Throws 404 for a resource that the reference API has and this one does not, with a sentence on it. */
export function refuseUnsupported({ path }: Pick<HttpRequest, 'path'>): void {
  const reason = UNSUPPORTED.get(/^\/v2\/(\w+)(?:\/|$)/.exec(path)?.[1] ?? '');
  if (reason) throw new RequestError('not_supported', reason);
}
