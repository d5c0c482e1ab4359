import { type ConsentWords, consentIn } from '../../shared/domain/consent-words.ts';
import type { InboundEvent } from '../../shared/providers/provider.ts';
import { changeConsent, type Reach } from '../../shared/store/consent.ts';
import { digest } from '../../shared/store/digest.ts';
import { findOwnersPastAndPresent, type Identity } from '../../shared/store/identities.ts';
import { untilQuiet } from '../../shared/store/quiet.ts';
import type { HookParts } from './parts.ts';

/** Stores what a contact's words say of consent, before anything else of their message is. */
export async function applyConsent(
  parts: HookParts,
  reach: Reach,
  { event, words }: { event: InboundEvent; words: ConsentWords },
): Promise<'stop' | 'start' | undefined> {
  const kind = consentIn(event.text, words);
  if (kind === undefined) return undefined;
  // Meta's message ids hold the telephone number, and consent outlives the contact.
  const evidence = digest(await parts.pepper(), `message:${event.providerId}`);
  await changeConsent(parts, reach, {
    kind,
    source: 'reply',
    reason: 'reply',
    evidence,
    ...(event.at !== undefined && { at: event.at }),
  });
  return kind;
}

/** Twilio waits 15 s for an answer. */
const QUIET_WITHIN_MS = 10_000;

/**
 * What was claimed before a STOP may still be on its way, for a contact who was deleted since too: ends when nothing
 * is, so that nothing leaves after the answer. Throws when that takes too long.
 */
export async function untilStopped(parts: HookParts, identity: Identity): Promise<void> {
  if (await isQuietFor(parts, identity)) return;
  throw new Error('A message is still on its way after a STOP: the provider must ask again.');
}

/** Waits as `untilStopped`; false when that takes too long. */
export async function isQuietFor({ table, clock }: HookParts, identity: Identity): Promise<boolean> {
  const owners = await findOwnersPastAndPresent(table, identity);
  const quiet = await Promise.all(owners.map((owner) => untilQuiet(table, clock, owner, QUIET_WITHIN_MS)));
  return quiet.every(Boolean);
}
