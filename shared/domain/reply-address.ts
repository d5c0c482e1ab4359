import type { Conversation } from './conversation.ts';

/**
 * Names a conversation in what mail programs send back: the address that a reply goes to, and the thread it belongs
 * to. `signature` is over `taggedValue`, so that nobody writes into a conversation by guessing its id.
 */
export interface ReplyTag {
  readonly conversation: string;
  readonly signature: string;
}

/** What the signature of a tag is over: a tag of one organization is worth nothing at another. */
export const taggedValue = ({ organization, id }: Pick<Conversation, 'organization' | 'id'>): string =>
  `${organization}/${id}`;

const ADDRESS = /^reply\+([0-9a-f]{24})\.([0-9a-f]{20})@/i;
const THREAD = /^<?thread\.([0-9a-f]{24})\.([0-9a-f]{20})@/i;

/** `reply+<conversation>.<signature>@<domain>`: 51 characters before the @, of the 64 that there may be. */
export const replyAddress = ({ conversation, signature }: ReplyTag, domain: string): string =>
  `reply+${conversation}.${signature}@${domain}`;

/** The tag of an address; undefined when it has none. Not yet verified. */
export const tagOfAddress = (address: string): ReplyTag | undefined => tagIn(ADDRESS, address);

/**
 * The Message-ID, without brackets, that every email of a conversation refers to. No email has it: SES gives each its
 * own, which nobody knows before it is sent.
 */
export const threadId = ({ conversation, signature }: ReplyTag, domain: string): string =>
  `thread.${conversation}.${signature}@${domain}`;

/** The tag of a Message-ID, with or without brackets; undefined when it is no thread of ours. Not yet verified. */
export const tagOfThreadId = (messageId: string): ReplyTag | undefined => tagIn(THREAD, messageId);

function tagIn(pattern: RegExp, text: string): ReplyTag | undefined {
  const [, conversation, signature] = pattern.exec(text) ?? [];
  return conversation && signature
    ? { conversation: conversation.toLowerCase(), signature: signature.toLowerCase() }
    : undefined;
}
