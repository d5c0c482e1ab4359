import type { Service } from '../../shared/contracts/configuration.ts';
import { addressOf } from '../../shared/domain/address.ts';
import type { Conversation } from '../../shared/domain/conversation.ts';
import { type Identifier, identifierOf } from '../../shared/domain/identifier.ts';
import type { InboundEvent } from '../../shared/providers/provider.ts';
import { getConversation } from '../../shared/store/conversations.ts';
import { findOwners, type Identity, identityOf } from '../../shared/store/identities.ts';
import type { HookParts } from './parts.ts';

/** What a contact wrote, with what only some providers know of it. */
export interface Reply extends InboundEvent {
  /** The conversation that it provably answers: it goes there whoever sent it, if that is the service's organization's. */
  readonly conversation?: string;
  readonly subject?: string;
  readonly meta?: Readonly<Record<string, unknown>>;
}

interface Writer {
  readonly sender: Identifier;
  /** Of the sender: the first that somebody has decides whose message it is. */
  readonly identities: readonly Identity[];
  /** What they say of consent is said of these, each once. */
  readonly speaksFor: readonly { readonly address: Identifier; readonly identity: Identity }[];
}

/** By whom a reply is; undefined when it comes from no address. */
export async function identifyWriter(parts: HookParts, service: Service, event: Reply): Promise<Writer | undefined> {
  const pepper = await parts.pepper();
  const identityFor = ({ kind, matchKey }: Identifier) => identityOf(pepper, service.organization, kind, matchKey);
  const { touchpoint } = event;
  const named = identifierOf(touchpoint, event.from);
  const answered = await answeredBy(parts, service, event);
  const known = answered ?? (named?.kind === 'whatsappId' ? await ownerOf(parts, identityFor(named)) : undefined);
  const contact = known && addressOf(touchpoint, known);
  const sender = named ?? contact;
  if (!sender) return undefined;

  const otherwise = event.userId === undefined ? undefined : identifierOf(touchpoint, event.userId);
  // Who answers from another address speaks for the one that was written to as well.
  const addresses = [sender, contact, otherwise].filter((address) => address !== undefined);
  const distinct = [...new Map(addresses.map((address) => [address.matchKey, address])).values()];
  return {
    sender,
    identities: [sender, ...(otherwise ? [otherwise] : [])].map(identityFor),
    speaksFor: distinct.map((address) => ({ address, identity: identityFor(address) })),
  };
}

/** The conversation that a reply provably answers, while it is there. */
export async function answeredBy(
  { table }: HookParts,
  { organization }: Service,
  { conversation: id }: Reply,
): Promise<Conversation | undefined> {
  const conversation = id === undefined ? undefined : await getConversation(table, id, { consistent: true });
  return conversation?.organization === organization && conversation.deletedAt === undefined ? conversation : undefined;
}

async function ownerOf({ table }: HookParts, identity: Identity): Promise<Conversation | undefined> {
  const owner = (await findOwners(table, [identity])).get(identity.kind);
  return owner === undefined ? undefined : getConversation(table, owner, { consistent: true });
}
