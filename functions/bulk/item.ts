import type { Once } from '../../shared/acceptance/once.ts';
import { type PreparedRequest, prepareRequest } from '../../shared/acceptance/prepare-request.ts';
import type { Caller } from '../../shared/auth/caller.ts';
import {
  AppendByIdSchema,
  BulkItemSchema,
  isAppend,
  StartConversationSchema,
} from '../../shared/contracts/conversation-request.ts';
import { parseRequest } from '../../shared/http/errors.ts';
import { fingerprintOf, recordKeyOf } from '../../shared/store/idempotency.ts';
import type { BulkParts } from './parts.ts';

/** An item as it was sent, and the `Idempotency-Key` of the request it came in. */
export interface BulkItem {
  readonly index: number;
  readonly json: unknown;
  readonly requestKey: string | undefined;
}

/** Looks an item through. Throws what `POST /v2/conversations` would refuse it for. */
export async function prepareItem(parts: BulkParts, caller: Caller, item: BulkItem): Promise<PreparedRequest> {
  const { json } = item;
  const once = onceOf(caller, item);
  const request = parseRequest(isAppend(json) ? AppendByIdSchema : StartConversationSchema, json);
  return prepareRequest(parts, caller, request, once);
}

export const clientIdOf = (json: unknown): string | undefined => BulkItemSchema.safeParse(json).data?.clientId;

/**
 * An item has its effect once by its `clientId`, else by its place in a request with `Idempotency-Key`. Neither is ever
 * the key of a request: those have no spaces.
 */
function onceOf(caller: Caller, { index, json, requestKey }: BulkItem): Once | undefined {
  const { clientId } = parseRequest(BulkItemSchema, json);
  const key = clientId === undefined ? requestKey && `${index} ${requestKey}` : `clientId ${clientId}`;
  if (key === undefined) return undefined;
  return {
    key: recordKeyOf(caller.organization, key),
    fingerprint: fingerprintOf('item', Buffer.from(JSON.stringify(json))),
    ...(clientId !== undefined && { field: 'clientId' }),
  };
}
