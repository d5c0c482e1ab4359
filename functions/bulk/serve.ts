import { type Caller, demandScope, identifyCaller } from '../../shared/auth/caller.ts';
import { createRateLimit } from '../../shared/auth/rate-limit.ts';
import { BulkSchema, IdempotencyKeySchema, MAX_BULK_BYTES } from '../../shared/contracts/conversation-request.ts';
import type { BulkView } from '../../shared/contracts/views/bulk.ts';
import { invalid } from '../../shared/domain/errors.ts';
import { jsonResponse, parseRequest, parseShape } from '../../shared/http/errors.ts';
import type { HttpRequest, HttpResponse } from '../../shared/http/handler.ts';
import { jsonOf } from '../../shared/http/json-body.ts';
import { createRouter } from '../../shared/http/router.ts';
import type { BulkParts } from './parts.ts';
import { type BulkRequest, type ItemResult, startMany } from './start-many.ts';

const LIMIT = { bytes: MAX_BULK_BYTES, advice: 'Send the items in several requests.' };

export const BULK_ROUTE = {
  method: 'POST',
  path: '/v2/conversations/bulk',
  scope: 'agent',
  body: true,
  handle: postBulk,
} as const;

/** Serves the bulk route. Throws RequestError for what is wrong with the request as a whole. */
export function createBulk(parts: BulkParts): (request: HttpRequest) => Promise<HttpResponse> {
  const match = createRouter([BULK_ROUTE]);
  const demandRate = createRateLimit(parts.clock);
  return async (request) => {
    const deadline = parts.clock.now() + parts.budgetMs;
    const { route } = match(request);
    const caller = await identifyCaller(request.headers.authorization, parts.tokens, parts.users.user);
    if (caller.rate) demandRate(caller.rate);
    const allowed = demandScope(caller, route.scope);
    return route.handle(parts, allowed, bulkIn(request, deadline));
  };
}

function bulkIn(request: HttpRequest, deadline: number): BulkRequest {
  refuseDryRun(request);
  const given = request.headers['idempotency-key'];
  const key = given === undefined ? undefined : parseRequest(IdempotencyKeySchema, given, 'Idempotency-Key');
  return { items: parseShape(BulkSchema, jsonOf(request, LIMIT)), key, deadline };
}

/** It is known beside this route: who asks for it here must not get the deed instead. */
function refuseDryRun({ query }: HttpRequest): void {
  const asked = Object.entries(query).find(([name]) => name.toLowerCase() === 'dryrun')?.[1];
  if (asked === undefined || asked === 'false') return;
  throw invalid('dryRun', 'is not known here; ask for each item with POST /v2/conversations?dryRun=true');
}

async function postBulk(parts: BulkParts, caller: Caller, request: BulkRequest): Promise<HttpResponse> {
  const results = await startMany(parts, caller, request);
  const count = (wanted: ItemResult['status']) => results.filter(({ status }) => status === wanted).length;
  const view: BulkView = {
    results,
    created: count('created'),
    appended: count('appended'),
    repeated: count('repeated'),
    refused: count('refused'),
  };
  return jsonResponse(200, view);
}
