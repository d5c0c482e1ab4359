import type { Service } from '../../shared/contracts/configuration.ts';
import type { Conversation } from '../../shared/domain/conversation.ts';
import { identifierOf } from '../../shared/domain/identifier.ts';
import { mailboxIn, namesReceiving } from '../../shared/domain/receiving-address.ts';
import { type ReplyTag, taggedValue, tagOfAddress, tagOfThreadId } from '../../shared/domain/reply-address.ts';
import { createSigner } from '../../shared/runtime/signer.ts';
import { getConversation } from '../../shared/store/conversations.ts';
import { findReceivers, type Receiver } from '../../shared/store/receivers.ts';
import { chooseReceiver } from './choose-receiver.ts';
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
  const service = await chooseReceiver(parts, identifierOf('email', mail.from), receivers);
  return service && { service };
}

async function receiversOf({ table, configuration }: HookParts, recipients: readonly string[]): Promise<Receiver[]> {
  const mailboxes = new Set(recipients.flatMap((recipient) => mailboxIn(recipient) ?? []));
  const found = await Promise.all(
    [...mailboxes].map((mailbox) => findReceivers(table, namesReceiving(mailbox), (id) => configuration.service(id))),
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
