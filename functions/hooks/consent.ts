import { type ConsentChange, consentIn } from '../../shared/domain/consent-words.ts';
import { optIn, optOut, type Reach } from '../../shared/store/consent.ts';
import { findOwners, type Identity } from '../../shared/store/identities.ts';
import { isBeingSent } from '../../shared/store/messages.ts';
import type { HookParts } from './parts.ts';

/** Stores what a contact's words say of consent, before anything else of their message is. */
export async function applyConsent(parts: HookParts, reach: Reach, text: string): Promise<ConsentChange | undefined> {
  const change = consentIn(text);
  if (change === undefined) return undefined;
  const pepper = await parts.pepper();
  if (change === 'stop') await optOut(parts.table, pepper, reach, { at: parts.clock.now(), reason: 'reply' });
  else await optIn(parts.table, pepper, reach);
  return change;
}

/** Messages stay sendable for a day after their moment. */
const SENDABLE_MS = 24 * 3600_000;
/** Twilio waits 15 s for an answer. */
const QUIET_WITHIN_MS = 10_000;
const QUIET_STEP_MS = 250;

/**
 * What was claimed before a STOP may still be on its way: ends when it is, so that nothing
 * leaves after the answer. Throws when that takes too long.
 */
export async function untilQuiet({ table, clock }: HookParts, identity: Identity): Promise<void> {
  const owner = (await findOwners(table, [identity])).get(identity.kind);
  if (owner === undefined) return;
  for (const deadline = clock.now() + QUIET_WITHIN_MS; clock.now() < deadline; await clock.sleep(QUIET_STEP_MS)) {
    const now = clock.now();
    if (!(await isBeingSent(table, owner, { from: now - SENDABLE_MS, to: now }))) return;
  }
  throw new Error('A message is still on its way after a STOP: the provider must ask again.');
}
