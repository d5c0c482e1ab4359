import type { Caller } from '../../../shared/auth/caller.ts';
import type { Webhook } from '../../../shared/contracts/configuration.ts';
import type { ListQuery } from '../../../shared/contracts/list-query.ts';
import type { GivenUpView } from '../../../shared/contracts/views/services.ts';
import { invalid, RequestError } from '../../../shared/domain/errors.ts';
import { EnqueueError } from '../../../shared/queue/send.ts';
import { forgetGivenUp, type GivenUp, listGivenUp } from '../../../shared/store/given-up.ts';
import type { AdminParts } from '../parts.ts';
import { readService } from './services.ts';

async function demandWebhook(parts: AdminParts, caller: Caller, id: string): Promise<Webhook> {
  const { service } = await readService(parts, caller, id);
  if (service.type === 'webhook') return service;
  throw invalid('type', `is ${service.type}: only a webhook is told of events`);
}

/** A page of what a webhook was not told of, newest first. Throws 400, 404. */
export async function listMissed(
  parts: AdminParts,
  caller: Caller,
  id: string,
  { limit, cursor }: Pick<ListQuery, 'limit' | 'cursor'>,
): Promise<{ missed: GivenUp[]; next?: string }> {
  const { id: service } = await demandWebhook(parts, caller, id);
  const behind = cursor === undefined ? undefined : readCursor(cursor);
  const found = await listGivenUp(parts.table, service, { limit: limit + 1, newestFirst: true, behind });
  const missed = found.slice(0, limit);
  const last = missed.at(-1);
  return { missed, ...(found.length > limit && last && { next: `${last.since}.${last.delivery}` }) };
}

function readCursor(cursor: string): Pick<GivenUp, 'since' | 'delivery'> {
  const [, since, delivery] = /^(\d{1,13})\.([0-9a-f]{24})$/.exec(cursor) ?? [];
  if (since === undefined || delivery === undefined) throw invalid('cursor', 'is not one that a list gave');
  return { since: Number(since), delivery };
}

/** As many as are sent again by one request, within what `api` has to answer. */
const MOST_REPLAYED = 500;

/**
 * Sends again what a webhook was not told of, the oldest first, with the ids that it had. Cut off in between, some may come
 * twice. Throws 400 for one that is not active, 404, 503.
 */
export async function replay(
  parts: AdminParts,
  caller: Caller,
  id: string,
): Promise<{ replayed: number; left: boolean }> {
  const webhook = await demandWebhook(parts, caller, id);
  if (webhook.status !== 'active') throw invalid('status', `is ${webhook.status}: make the webhook active first`);
  const found = await listGivenUp(parts.table, webhook.id, { limit: MOST_REPLAYED, newestFirst: false });
  await tellAgain(parts, webhook, found);
  await forgetGivenUp(parts.table, found);
  return { replayed: found.length, left: found.length === MOST_REPLAYED };
}

async function tellAgain({ webhooks, clock, observe }: AdminParts, { id }: Webhook, found: readonly GivenUp[]) {
  const since = clock.now();
  const again = found.map(({ code: _code, givenUpAt: _at, notBefore: _before, ...notification }) => ({
    body: { ...notification, attempt: 0, since },
    group: id,
  }));
  try {
    await webhooks.notifications.send(again);
  } catch (error) {
    if (!(error instanceof EnqueueError)) throw error;
    observe.count('EnqueueFailed', error.count);
    throw new RequestError('overloaded', 'Not all are on their way; all are still kept. Repeat the request.', [], {
      'retry-after': '1',
    });
  }
}

const iso = (moment: number): string => new Date(moment).toISOString();

export const givenUpView = ({
  delivery,
  event,
  organization,
  ids,
  at,
  code,
  attempt,
  givenUpAt,
}: GivenUp): GivenUpView => {
  const { key: _place, ...shown } = ids;
  return {
    id: delivery,
    event,
    organization,
    ids: shown,
    at: iso(at),
    code,
    attempts: attempt + 1,
    givenUpAt: iso(givenUpAt),
  };
};
