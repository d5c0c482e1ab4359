import type { Caller } from '../auth/caller.ts';
import type { Conversation } from '../domain/conversation.ts';
import { RequestError } from '../domain/errors.ts';
import type { Message } from '../domain/message.ts';
import { getConversation } from '../store/conversations.ts';
import { type IdempotencyRecord, type MessagePlace, putGuard, putRecord } from '../store/idempotency.ts';
import type { ItemKey } from '../store/keys.ts';
import { getMessage } from '../store/messages.ts';
import type { TransactItem } from '../store/table.ts';
import { demandReachable } from './append-plan.ts';
import type { AcceptanceParts } from './parts.ts';

/** A request that has its effect once, however often it comes. */
export interface Once {
  readonly key: ItemKey;
  readonly fingerprint: string;
  /** What the caller knows the key as; default: the header. */
  readonly field?: 'clientId' | 'id';
  /** How long it is known; default: a day. */
  readonly keptSeconds?: number;
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
  parts: AcceptanceParts,
  caller: Caller,
  once: Once,
  record: IdempotencyRecord,
): Promise<AppendAnswer> {
  if (record.fingerprint !== once.fingerprint) {
    const field = once.field ?? 'Idempotency-Key';
    throw new RequestError(
      'idempotency_key_reused',
      `This ${field} stood on another request not long ago; use a new one for a new request.`,
      [{ path: field, message: 'was used for another request' }],
    );
  }
  const found = await getConversation(parts.table, record.conversation, { consistent: true });
  const conversation = demandReachable(found, caller);
  const messages = await readPlaces(parts, record.conversation, record.messages);
  return { status: record.status, conversation, messages, replayed: true };
}

/** What lets a request, and messages with a `clientId`, be there only once: the record of the request comes first. */
export function guardsOf(
  { table }: Pick<AcceptanceParts, 'table'>,
  { conversation, messages, now }: { conversation: string; messages: readonly Message[]; now: number },
  once: (Once & { readonly status: number; readonly places: readonly MessagePlace[] }) | undefined,
): TransactItem[] {
  const guards = messages.flatMap((message) =>
    message.clientId === undefined ? [] : [putGuard(table, conversation, message.clientId, message)],
  );
  if (!once) return guards;
  const { key, fingerprint, status, places, keptSeconds } = once;
  const record = { fingerprint, status, conversation, messages: places };
  return [putRecord(table, key, { record, now, ...(keptSeconds !== undefined && { keptSeconds }) }), ...guards];
}

export async function readPlaces(
  { table }: Pick<AcceptanceParts, 'table'>,
  conversation: string,
  places: readonly MessagePlace[],
): Promise<Message[]> {
  const messages = await Promise.all(places.map(({ key }) => getMessage(table, conversation, key)));
  return messages.filter((message) => message !== undefined);
}
