import { parseEmailAddress } from '../../../shared/domain/email-address.ts';
import { isTouchpoint } from '../../../shared/domain/touchpoint.ts';
import type { createAwsSms } from './aws-sms.ts';
import type { createAwsSocial } from './aws-social.ts';
import { BadInput, type Fields, fieldsOf, textOf } from './bad-input.ts';
import type { Outcome } from './courier.ts';
import type { Kit } from './kit.ts';
import type { createMeta } from './meta.ts';
import { USER_ID } from './meta-request.ts';
import { digitsOf } from './senders.ts';
import type { createSes } from './ses.ts';
import type { createSunshine } from './sunshine.ts';
import type { createTwilio } from './twilio.ts';

interface Received {
  readonly outcome: Outcome;
  readonly providerId: string;
}

interface Doubles {
  readonly ses: Pick<ReturnType<typeof createSes>, 'receive'>;
  readonly twilio: ReturnType<typeof createTwilio>;
  readonly meta: ReturnType<typeof createMeta>;
  readonly awsSms: ReturnType<typeof createAwsSms>;
  readonly awsSocial: ReturnType<typeof createAwsSocial>;
  readonly sunshine: ReturnType<typeof createSunshine>;
}

interface Written {
  readonly touchpoint: 'sms' | 'whatsapp';
  /** The number, phone number id or integration that is written to. */
  readonly to: string;
  /** E.164 with `+`; by WhatsApp also Meta's id of a person who hides their number. */
  readonly from: string;
  /** Meta's id of one who does not. */
  readonly userId?: string;
  readonly text: string;
  readonly name: string;
}

/** Writes to us as a contact would, through the provider whose sender is written to. */
export function createReplies({ outbox, senders }: Kit, doubles: Doubles) {
  const { ses, twilio, meta, awsSms, awsSocial, sunshine } = doubles;

  function recipient(touchpoint: Written['touchpoint'], fields: Fields, from: string): string {
    if (fields.to !== undefined) return textOf(fields, 'to', 'A reply');
    const writer = outbox.lastWriter(touchpoint, from);
    if (writer) return writer;
    throw new BadInput(`Nothing was ever sent to ${from} by ${touchpoint}, so say in "to" which number is written to.`);
  }

  function deliver({ touchpoint, to, from, userId, text, name }: Written): Promise<Received> {
    const app = senders.findSunshine(to);
    if (app) return sunshine.receive(app, to, from, { text, name });
    const number = senders.twilioNumber(touchpoint === 'whatsapp' ? `whatsapp:${to}` : to);
    if (number) return twilio.receive(number, from, { text, name });
    if (touchpoint === 'sms') {
      if (senders.awsSmsIdentity(to)) return awsSms.receive(to, from, text);
      throw new BadInput(`There is no number ${to} for sms; a name as sender cannot be answered.`);
    }
    const social = senders.findAwsSocial(to);
    if (social) return awsSocial.receive(social, from, { text, name });
    const sender = senders.findWhatsApp(to);
    if (!sender) throw new BadInput(`There is no number ${to} at whatsapp.`);
    return meta.receive(sender, from, { text, name, ...(userId && { userId }) });
  }

  async function writeMail(fields: Fields, from: string, text: string): Promise<Received> {
    if (!parseEmailAddress(from).ok) throw new BadInput(`"${from}" is no email address.`);
    const name = fields.name === undefined ? '' : textOf(fields, 'name', 'A reply');
    return ses.receive({ from, name, text, ...(fields.to !== undefined && { to: textOf(fields, 'to', 'A reply') }) });
  }

  /** Answers with our webhook's first answer, or for a mail that it was received. Throws `BadInput`. */
  return async (input: unknown): Promise<Received> => {
    const fields = fieldsOf(input, 'A reply', ['touchpoint', 'from', 'userId', 'to', 'text', 'name']);
    const { touchpoint } = fields;
    if (!isTouchpoint(touchpoint)) throw new BadInput('A reply needs "touchpoint": email, sms or whatsapp.');
    const given = textOf(fields, 'from', 'A reply');
    const text = textOf(fields, 'text', 'A reply');
    if (touchpoint === 'email') return writeMail(fields, given, text);
    const isHidden = touchpoint === 'whatsapp' && USER_ID.test(given);
    if (!isHidden && !/^\+?[1-9][\d ()-]{6,20}$/.test(given))
      throw new BadInput(`"${given}" is no phone number; write +31612345678.`);
    const from = isHidden ? given : `+${digitsOf(given)}`;
    const userId = fields.userId === undefined ? undefined : textOf(fields, 'userId', 'A reply');
    const name = fields.name === undefined ? from : textOf(fields, 'name', 'A reply');
    const to = recipient(touchpoint, fields, from);
    return deliver({ touchpoint, to, from, text, name, ...(userId && { userId }) });
  };
}
