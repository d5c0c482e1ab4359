import type { Service } from '../../shared/contracts/configuration.ts';
import type { Identifier } from '../../shared/domain/identifier.ts';
import { getConversation } from '../../shared/store/conversations.ts';
import { findOwners, identityOf } from '../../shared/store/identities.ts';
import type { Receiver } from '../../shared/store/receivers.ts';
import type { HookParts } from './parts.ts';

/**
 * Of several organizations that receive at an address, the one whose conversation with the sender is the latest; what a
 * stranger writes goes to the one whose own address it is. Undefined: nobody can tell whose it is.
 */
export async function chooseReceiver(
  parts: HookParts,
  sender: Identifier | undefined,
  receivers: readonly Receiver[],
): Promise<Service | undefined> {
  const organizations = new Map(receivers.map((receiver) => [receiver.service.organization, receiver]));
  for (const receiver of receivers) if (receiver.exact) organizations.set(receiver.service.organization, receiver);
  const candidates = [...organizations.values()];
  if (candidates.length <= 1) return candidates[0]?.service;
  const known = await Promise.all(
    candidates.map(async ({ service }) => ({ service, at: await lastWith(parts, service, sender) })),
  );
  const latest = known.filter(({ at }) => at > 0).sort((one, other) => other.at - one.at)[0];
  const exact = candidates.filter((candidate) => candidate.exact);
  return (latest ?? (exact.length === 1 ? exact[0] : undefined))?.service;
}

/** When an organization's conversation with a sender last went on; 0 where there is none. */
async function lastWith(
  { table, pepper }: HookParts,
  { organization }: Service,
  sender: Identifier | undefined,
): Promise<number> {
  if (!sender) return 0;
  const identity = identityOf(await pepper(), organization, sender.kind, sender.matchKey);
  const owner = (await findOwners(table, [identity])).get(sender.kind);
  return owner === undefined ? 0 : ((await getConversation(table, owner, { consistent: true }))?.lastAt ?? 0);
}
