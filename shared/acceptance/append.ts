import { appendMessages } from './append-messages.ts';
import { appendOnce } from './append-once.ts';
import type { Append } from './append-plan.ts';
import type { AppendAnswer, Once } from './once.ts';
import type { AcceptanceParts } from './parts.ts';

/**
 * Adds messages to a conversation: without reading first as a rule, in one transaction with its guards where the
 * request may come again. Undefined: an identity was taken meanwhile, or the contact is gone; look again whose it is.
 */
export async function append(
  parts: AcceptanceParts,
  request: Append,
  once: Once | undefined,
  status: number,
): Promise<AppendAnswer | undefined> {
  if (once || request.drafts.some(({ clientId }) => clientId !== undefined)) {
    return appendOnce(parts, request, { once, status });
  }
  const appended = await appendMessages(parts, request);
  return appended && { status, ...appended };
}
