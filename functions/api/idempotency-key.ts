import type { Once } from '../../shared/acceptance/once.ts';
import type { Caller } from '../../shared/auth/caller.ts';
import { IdempotencyKeySchema } from '../../shared/contracts/conversation-request.ts';
import { parseRequest } from '../../shared/http/errors.ts';
import type { HttpRequest } from '../../shared/http/handler.ts';
import { fingerprintOf, recordKeyOf } from '../../shared/store/idempotency.ts';

/** Of the header `Idempotency-Key`; undefined without one. Throws 400 for a key that is none. */
export function onceOf(request: HttpRequest, caller: Caller): Once | undefined {
  const given = request.headers['idempotency-key'];
  if (given === undefined) return undefined;
  const key = parseRequest(IdempotencyKeySchema, given, 'Idempotency-Key');
  return {
    key: recordKeyOf(caller.organization, key),
    fingerprint: fingerprintOf(`${request.method} ${request.path}`, request.body),
  };
}
