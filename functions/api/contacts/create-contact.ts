import { describeContact, withoutMessages } from '../../../shared/acceptance/describe-start.ts';
import type { Once } from '../../../shared/acceptance/once.ts';
import { findOrCreate, type Started } from '../../../shared/acceptance/start-conversation.ts';
import type { Caller } from '../../../shared/auth/caller.ts';
import type { ContactRequest } from '../../../shared/contracts/contact-change.ts';
import type { ApiParts } from '../parts.ts';

/**
 * Finds the person by email or telephone, or creates them with their conversation, which is closed until somebody
 * writes. Throws as `startConversation`.
 */
export async function createContact(
  parts: ApiParts,
  caller: Caller,
  { organization, profile, meta }: ContactRequest,
  once: Once | undefined,
): Promise<Started> {
  const request = withoutMessages(organization ?? caller.organization, profile);
  const start = await describeContact(parts, caller, request, once);
  return findOrCreate(parts, { ...start, ...(meta && { contactMeta: meta }) });
}
