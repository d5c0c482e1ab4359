import type { Caller } from '../auth/caller.ts';
import type { MessageDraft } from '../domain/acceptance.ts';
import { append } from './append.ts';
import type { Append } from './append-plan.ts';
import type { AppendAnswer, Once } from './once.ts';
import type { AcceptanceParts } from './parts.ts';

export interface MessagesById {
  readonly id: string;
  readonly messages: readonly MessageDraft[];
}

export const appendOf = (caller: Caller, { id, messages }: MessagesById): Append => ({
  conversation: id.toLowerCase(),
  drafts: messages,
  caller,
});

/** Adds messages to a conversation that the caller names; `status` is what a record of it would answer. Throws 400, 404. */
export async function appendById(
  parts: AcceptanceParts,
  request: Append,
  once: Once | undefined,
  status: number,
): Promise<AppendAnswer> {
  const appended = await append(parts, request, once, status);
  if (!appended) throw new Error('An append that brings no identities cannot lose one.');
  return appended;
}
