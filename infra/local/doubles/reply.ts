import { isTouchpoint } from '../../../shared/domain/touchpoint.ts';
import { BadInput, type Fields, fieldsOf, textOf } from './bad-input.ts';
import type { Outcome } from './courier.ts';
import type { Kit } from './kit.ts';
import type { createMeta } from './meta.ts';
import { digitsOf } from './senders.ts';
import type { createTwilio } from './twilio.ts';

interface Received {
  readonly outcome: Outcome;
  readonly providerId: string;
}

/** Writes to us as a contact would, through the provider that carries the touchpoint. */
export function createReplies(
  { outbox, senders }: Kit,
  twilio: ReturnType<typeof createTwilio>,
  meta: ReturnType<typeof createMeta>,
) {
  const recipient = (touchpoint: 'sms' | 'whatsapp', fields: Fields, from: string): string => {
    if (fields.to !== undefined) return textOf(fields, 'to', 'A reply');
    const writer = outbox.lastWriter(touchpoint, from);
    if (writer) return writer;
    throw new BadInput(`Nothing was ever sent to ${from} by ${touchpoint}, so say in "to" which number is written to.`);
  };

  function bySms(fields: Fields, from: string, text: string): Promise<Received> {
    const to = recipient('sms', fields, from);
    const sender = senders.twilioNumber(to);
    if (!sender) throw new BadInput(`There is no number ${to} at twilio; a name as sender cannot be answered.`);
    return twilio.receive(sender, from, text);
  }

  function byWhatsApp(fields: Fields, from: string, text: string): Promise<Received> {
    const to = recipient('whatsapp', fields, from);
    const sender = senders.findWhatsApp(to);
    if (!sender) throw new BadInput(`There is no number ${to} at whatsapp.`);
    const name = fields.name === undefined ? from : textOf(fields, 'name', 'A reply');
    return meta.receive(sender, from, { text, name });
  }

  /** Answers with our webhook's first answer. Throws `BadInput`. */
  return async (input: unknown): Promise<Received> => {
    const fields = fieldsOf(input, 'A reply', ['touchpoint', 'from', 'to', 'text', 'name']);
    const { touchpoint } = fields;
    if (!isTouchpoint(touchpoint)) throw new BadInput('A reply needs "touchpoint", sms or whatsapp.');
    if (touchpoint === 'email') throw new BadInput('Replies by email are not supported yet.');
    const given = textOf(fields, 'from', 'A reply');
    const text = textOf(fields, 'text', 'A reply');
    if (!/^\+?[1-9][\d ()-]{6,20}$/.test(given))
      throw new BadInput(`"${given}" is no phone number; write +31612345678.`);
    const from = `+${digitsOf(given)}`;
    return touchpoint === 'sms' ? bySms(fields, from, text) : byWhatsApp(fields, from, text);
  };
}
