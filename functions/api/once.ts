import type { Caller } from '../../shared/auth/caller.ts';
import { IdempotencyKeySchema } from '../../shared/contracts/conversation-request.ts';
import type { Conversation } from '../../shared/domain/conversation.ts';
import { RequestError } from '../../shared/domain/errors.ts';
import type { Message } from '../../shared/domain/message.ts';
import { parseRequest } from '../../shared/http/errors.ts';
import type { HttpRequest } from '../../shared/http/handler.ts';
import { getConversation } from '../../shared/store/conversations.ts';
import {
  fingerprintOf,
  type IdempotencyRecord,
  type MessagePlace,
  putGuard,
  putRecord,
  recordKeyOf,
} from '../../shared/store/idempotency.ts';
import type { ItemKey } from '../../shared/store/keys.ts';
import { getMessage } from '../../shared/store/messages.ts';
import type { TransactItem } from '../../shared/store/table.ts';
import { demandReachable } from './append-plan.ts';
import type { ApiParts } from './parts.ts';

/** A request that has its effect once, however often it comes. */
export interface Once {
  readonly key: ItemKey;
  readonly fingerprint: string;
}

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

/** What an append answers, the first time or again. */
export interface AppendAnswer {
  readonly status: number;
  readonly conversation: Conversation;
  readonly messages: readonly Message[];
  readonly replayed?: boolean;
}

/**
 * Answers a request again as it was answered first: same status, same messages. Throws 422 when the key stood on
 * another request.
 */
export async function replay(
  parts: ApiParts,
  caller: Caller,
  once: Once,
  record: IdempotencyRecord,
): Promise<AppendAnswer> {
  if (record.fingerprint !== once.fingerprint) {
    throw new RequestError(
      'idempotency_key_reused',
      'This Idempotency-Key stood on another request within the last 24 hours; use a new key for a new request.',
      [{ path: 'Idempotency-Key', message: 'was used for another request' }],
    );
  }
  const found = await getConversation(parts.table, record.conversation, { consistent: true });
  const conversation = demandReachable(found, caller);
  const messages = await readPlaces(parts, record.conversation, record.messages);
  return { status: record.status, conversation, messages, replayed: true };
}

/** What lets a request, and messages with a `clientId`, be there only once: the record of the request comes first. */
export function guardsOf(
  { table }: Pick<ApiParts, 'table'>,
  { conversation, messages, now }: { conversation: string; messages: readonly Message[]; now: number },
  once: (Once & { readonly status: number; readonly places: readonly MessagePlace[] }) | undefined,
): TransactItem[] {
  const guards = messages.flatMap((message) =>
    message.clientId === undefined ? [] : [putGuard(table, conversation, message.clientId, message)],
  );
  if (!once) return guards;
  const { key, fingerprint, status, places } = once;
  return [putRecord(table, key, { fingerprint, status, conversation, messages: places }, now), ...guards];
}

export async function readPlaces(
  { table }: Pick<ApiParts, 'table'>,
  conversation: string,
  places: readonly MessagePlace[],
): Promise<Message[]> {
  const messages = await Promise.all(places.map(({ key }) => getMessage(table, conversation, key)));
  return messages.filter((message) => message !== undefined);
}
