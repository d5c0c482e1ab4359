import type { Message } from './message.ts';

/** A message whose fallback goes out, or went, as what it is then: a template, with the caller's text in `meta`. */
export const asFallback = (message: Message): Message =>
  message.fallback
    ? {
        ...message,
        text: message.fallback.text,
        template: message.fallback.use,
        meta: { ...message.meta, ...(message.text !== undefined && { callerText: message.text }) },
      }
    : message;

/** A message as the contact gets it, as far as that is decided. */
export const asSent = (message: Message): Message => (message.fallbackUsed ? asFallback(message) : message);

/** Whether a refusal of its text leaves the fallback to be sent. */
export const hasFallbackLeft = ({ fallback, fallbackUsed, fallbackBy }: Message): boolean =>
  fallback !== undefined && !fallbackUsed && fallbackBy === undefined;
