import { type ConsentChange, consentIn } from '../../shared/domain/consent-words.ts';
import { optIn, optOut, type Reach } from '../../shared/store/consent.ts';
import { findOwners, type Identity } from '../../shared/store/identities.ts';
import { untilQuiet } from '../../shared/store/quiet.ts';
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

/** Twilio waits 15 s for an answer. */
const QUIET_WITHIN_MS = 10_000;

/**
 * What was claimed before a STOP may still be on its way: ends when nothing is, so that nothing leaves after the
 * answer. Throws when that takes too long.
 */
export async function untilStopped({ table, clock }: HookParts, identity: Identity): Promise<void> {
  const owner = (await findOwners(table, [identity])).get(identity.kind);
  if (owner === undefined || (await untilQuiet(table, clock, owner, QUIET_WITHIN_MS))) return;
  throw new Error('A message is still on its way after a STOP: the provider must ask again.');
}
