import type { Service } from '../../shared/contracts/configuration.ts';
import type { Conversation } from '../../shared/domain/conversation.ts';
import { identifierOf } from '../../shared/domain/identifier.ts';
import { mailboxIn } from '../../shared/domain/receiving-address.ts';
import { type ReplyTag, taggedValue, tagOfAddress, tagOfThreadId } from '../../shared/domain/reply-address.ts';
import { createSigner } from '../../shared/runtime/signer.ts';
import { getConversation } from '../../shared/store/conversations.ts';
import { findOwners, identityOf } from '../../shared/store/identities.ts';
import { findReceivers, type Receiver } from '../../shared/store/receivers.ts';
import type { HookParts } from './parts.ts';
import type { InboundMail } from './read-mail.ts';

/** Whose mail it is: the service that received it and, where the mail proves it, the conversation that it answers. */
export interface MailMatch {
  readonly service: Service;
  readonly conversation?: string;
}

/** Tags that are looked at: each is a read. */
const MAX_TAGS = 10;

/**
 * Finds whose a mail is: by the tag of the address it was sent to, else by the thread it refers to, else by its sender.
 * A tag counts only where it is ours and its organization receives mail at the address. Undefined: it is nobody's.
 */
export async function matchMail(parts: HookParts, mail: InboundMail): Promise<MailMatch | undefined> {
  const receivers = await receiversOf(parts, mail.recipients);
  const tags = [...mail.recipients.map(tagOfAddress), ...mail.references.map(tagOfThreadId)];
  for (const tag of tags.filter((found) => found !== undefined).slice(0, MAX_TAGS)) {
    const match = await matchTag(parts, tag, receivers);
    if (match) return match;
  }
  return matchSender(parts, mail.from, receivers);
}

async function receiversOf({ table, configuration }: HookParts, recipients: readonly string[]): Promise<Receiver[]> {
  const mailboxes = new Set(recipients.flatMap((recipient) => mailboxIn(recipient) ?? []));
  const found = await Promise.all(
    [...mailboxes].map((mailbox) => findReceivers(table, mailbox, (id) => configuration.service(id))),
  );
  return found.flat();
}

async function matchTag(
  parts: HookParts,
  tag: ReplyTag,
  receivers: readonly Receiver[],
): Promise<MailMatch | undefined> {
  const conversation = await getConversation(parts.table, tag.conversation, { consistent: true });
  if (!conversation || conversation.deletedAt !== undefined) return undefined;
  const signer = createSigner(await parts.pepper(), 'reply');
  if (!signer.isOurs(taggedValue(conversation), tag.signature)) return undefined;
  const own = receivers.map(({ service }) => service).filter((service) => isOf(service, conversation));
  const service = own.find(({ id }) => conversation.services.email?.includes(id)) ?? own[0];
  return service && { service, conversation: conversation.id };
}

const isOf = (service: Service, { organization }: Conversation): boolean => service.organization === organization;

/**
 * Of several organizations that receive mail at the address, the one whose conversation with the sender is the latest;
 * a stranger's mail goes to the one whose own address it is.
 */
async function matchSender(
  parts: HookParts,
  from: string,
  receivers: readonly Receiver[],
): Promise<MailMatch | undefined> {
  const organizations = new Map(receivers.map((receiver) => [receiver.service.organization, receiver]));
  for (const receiver of receivers) if (receiver.exact) organizations.set(receiver.service.organization, receiver);
  const candidates = [...organizations.values()];
  if (candidates.length <= 1) return candidates[0] && { service: candidates[0].service };
  const known = await Promise.all(
    candidates.map(async ({ service }) => ({ service, at: await lastWith(parts, service, from) })),
  );
  const latest = known.filter(({ at }) => at > 0).sort((one, other) => other.at - one.at)[0];
  const exact = candidates.filter((candidate) => candidate.exact);
  const found = latest ?? (exact.length === 1 ? exact[0] : undefined);
  return found && { service: found.service };
}

/** When an organization's conversation with a sender last went on; 0 where there is none. */
async function lastWith({ table, pepper }: HookParts, { organization }: Service, from: string): Promise<number> {
  const sender = identifierOf('email', from);
  if (!sender) return 0;
  const identity = identityOf(await pepper(), organization, sender.kind, sender.matchKey);
  const owner = (await findOwners(table, [identity])).get(sender.kind);
  return owner === undefined ? 0 : ((await getConversation(table, owner, { consistent: true }))?.lastAt ?? 0);
}
