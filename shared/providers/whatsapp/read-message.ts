import type { InboundEvent } from '../provider.ts';
import { timeOf } from './time-of.ts';
import type { Message } from './webhook-schema.ts';

/** `system` is Meta speaking (a changed number, say), not the contact. */
const NOT_FROM_THE_CONTACT = new Set(['system']);

/** Undefined when the message does not come from a person with a telephone number. */
export function readMessage(message: Message, to: string, profileName: string | undefined): InboundEvent | undefined {
  if (NOT_FROM_THE_CONTACT.has(message.type) || !/^\d{5,15}$/.test(message.from)) return undefined;
  const at = timeOf(message.timestamp);
  const attachment = attachmentOf(message);
  const media = attachment?.link ?? attachment?.url ?? attachment?.id;
  return {
    kind: 'inbound',
    providerId: message.id,
    touchpoint: 'whatsapp',
    from: `+${message.from}`,
    to,
    text: textOf(message) ?? attachment?.caption ?? `[${message.type}]`,
    media: media ? [media] : [],
    ...(at !== undefined && { at }),
    ...(profileName && { profileName }),
  };
}

const attachmentOf = ({ image, video, audio, document, sticker }: Message) =>
  image ?? video ?? audio ?? document ?? sticker;

function textOf({ text, button, interactive, reaction }: Message): string | undefined {
  const reply = interactive?.button_reply ?? interactive?.list_reply;
  const emoji = reaction?.emoji && `[reaction ${reaction.emoji}]`;
  return text?.body ?? button?.text ?? reply?.title ?? emoji;
}
