import type { Writer } from './writer.ts';

/** The text as it is. */
export const smsContent: Writer = ({ message }) => ({ kind: 'text', text: message.text ?? '' });
