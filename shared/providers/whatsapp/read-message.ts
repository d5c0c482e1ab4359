import { isWhatsappUserId } from '../../domain/whatsapp-user-id.ts';
import type { InboundEvent } from '../provider.ts';
import { timeOf } from './time-of.ts';
import type { Message } from './webhook-schema.ts';

/** `system` is Meta speaking (a changed number, say), not the contact. */
const NOT_FROM_THE_CONTACT = new Set(['system']);

/** Undefined when the message does not come from a person whom we can answer. */
export function readMessage(message: Message, to: string, profileName: string | undefined): InboundEvent | undefined {
  const { from, userId } = senderOf(message);
  if (NOT_FROM_THE_CONTACT.has(message.type) || from === undefined) return undefined;
  const at = timeOf(message.timestamp);
  const attachment = attachmentOf(message);
  const media = attachment?.link ?? attachment?.url ?? attachment?.id;
  return {
    kind: 'inbound',
    providerId: message.id,
    touchpoint: 'whatsapp',
    from,
    ...(userId !== undefined && userId !== from && { userId }),
    to,
    text: textOf(message) ?? attachment?.caption ?? `[${message.type}]`,
    media: media ? [media] : [],
    ...(at !== undefined && { at }),
    ...(profileName && { profileName }),
  };
}

function senderOf({ from = '', from_user_id = '' }: Message): { from?: string; userId?: string } {
  const userId = isWhatsappUserId(from_user_id) ? from_user_id : undefined;
  const sender = /^\d{5,15}$/.test(from) ? `+${from}` : userId;
  return { ...(sender !== undefined && { from: sender }), ...(userId !== undefined && { userId }) };
}

const attachmentOf = ({ image, video, audio, document, sticker }: Message) =>
  image ?? video ?? audio ?? document ?? sticker;

function textOf({ text, button, interactive, reaction }: Message): string | undefined {
  const reply = interactive?.button_reply ?? interactive?.list_reply;
  const emoji = reaction?.emoji && `[reaction ${reaction.emoji}]`;
  return text?.body ?? button?.text ?? reply?.title ?? emoji;
}
