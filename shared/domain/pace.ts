import type { Conversation } from './conversation.ts';
import type { Touchpoint } from './touchpoint.ts';

/** Whether a message may leave now; else the moment to try again, epoch milliseconds. */
export type PaceAnswer = { readonly go: true } | { readonly go: false; readonly at: number };

/**
 * Messages per second that one sender may send, where a service has no `params.rate`. WhatsApp's own limit, whoever
 * carries it: 80 per number (Meta, throughput). SES's differs by account and Twilio queues what its numbers cannot
 * send yet, so these are not slowed unasked.
 */
export const RATE_OF: Readonly<Partial<Record<Touchpoint, number>>> = { whatsapp: 80 };

/**
 * When the next message may leave for the contact, epoch milliseconds. WhatsApp takes one from a number to a person
 * every 6 s (Meta, pair rate limit); `pairMs` is that time. The conversation stands for the pair.
 */
export const pairFreeAt = (
  touchpoint: Touchpoint | undefined,
  { whatsappAt }: Pick<Conversation, 'whatsappAt'>,
  pairMs: number,
): number => (touchpoint === 'whatsapp' && whatsappAt !== undefined ? whatsappAt + pairMs : 0);
