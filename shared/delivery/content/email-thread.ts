import type { Message } from '../../domain/message.ts';
import { listBefore } from '../../store/message-lists.ts';
import type { Table } from '../../store/table.ts';

/** What an email follows on. */
export interface EmailThread {
  /** Message-IDs of the emails before it, oldest first; one without an `@` is an id that SES gave. */
  readonly emails: readonly string[];
  readonly subject?: string;
}

/** Five messages are one unit as a rule; the thread's own id holds together what is further apart. */
const LOOKED_BACK = 5;

/** A Message-ID that may stand in a header: the contact's mail program chose it. */
const MESSAGE_ID = /^[\x21-\x3b\x3d\x3f-\x7e]{1,250}$/;

const isEmail = ({ touchpoint, state, inbound }: Message): boolean =>
  touchpoint === 'email' && (state === 'sent' || inbound === true);

/** The emails of a conversation shortly before a message, sent and received. */
export async function readThread(table: Table, message: Message): Promise<EmailThread> {
  const emails = (await listBefore(table, message, LOOKED_BACK)).filter(isEmail);
  const subject = emails.find((email) => email.subject !== undefined)?.subject;
  return {
    emails: emails.flatMap(({ providerId = '' }) => (MESSAGE_ID.test(providerId) ? [providerId] : [])).reverse(),
    ...(subject !== undefined && { subject }),
  };
}
