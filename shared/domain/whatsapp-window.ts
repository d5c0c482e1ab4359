import type { Conversation } from './conversation.ts';

/**
 * Free text is allowed for this long after the contact's last WhatsApp message: Meta's customer service window of 24
 * hours, less what a clock may be off and a message may be under way.
 */
export const WHATSAPP_WINDOW_MS = 24 * 3600_000 - 30_000;

type Window = Pick<Conversation, 'windowAt' | 'windowBy'>;

/** A message opens the window of the number that it was written to, and of no other. */
export const isWindowOpen = (
  { windowAt, windowBy }: Window,
  { service, now }: { service: string | undefined; now: number },
): boolean =>
  windowAt !== undefined && windowBy !== undefined && windowBy === service && windowAt + WHATSAPP_WINDOW_MS > now;

/** The window after a message of the contact, which may be older than the last one that was heard of. */
export const windowAfter = ({ windowAt, windowBy }: Window, message: { service: string; at: number }): Window =>
  windowAt === undefined || windowBy === undefined || message.at >= windowAt
    ? { windowAt: message.at, windowBy: message.service }
    : { windowAt, windowBy };
