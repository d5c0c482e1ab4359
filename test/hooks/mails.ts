import MailComposer from 'nodemailer/lib/mail-composer';
import type { MailReference } from '../../functions/hooks/mail-store.ts';
import { readMail } from '../../functions/hooks/read-mail.ts';
import type { MailParts } from '../../functions/hooks/receive-mail.ts';
import type { Conversation } from '../../shared/domain/conversation.ts';
import { replyAddress, taggedValue, threadId } from '../../shared/domain/reply-address.ts';
import { createSigner } from '../../shared/runtime/signer.ts';
import { EMAIL, PEPPER } from '../delivery/setting.ts';
import { newId } from '../support/builders.ts';

export const DOMAIN = 'in.garage.example';

const tagOf = (conversation: Pick<Conversation, 'id' | 'organization'>) => ({
  conversation: conversation.id,
  signature: createSigner(PEPPER, 'reply').sign(taggedValue(conversation)),
});

/** Where replies to a conversation go. */
export const replyTo = (conversation: Pick<Conversation, 'id' | 'organization'>, domain = DOMAIN): string =>
  replyAddress(tagOf(conversation), domain);

/** The Message-ID that every email of a conversation refers to. */
export const threadOf = (conversation: Pick<Conversation, 'id' | 'organization'>): string =>
  `<${threadId(tagOf(conversation), DOMAIN)}>`;

type MailFields = ConstructorParameters<typeof MailComposer>[0];

/** A mail as a contact's program writes it; its lines may be preceded by those of SES. */
export async function mimeOf(fields: MailFields = {}, fromSes: readonly string[] = []): Promise<Buffer> {
  const composed = new MailComposer({
    from: `John Johnson <${EMAIL}>`,
    subject: 'Re: Your car',
    text: 'Thanks!',
    messageId: `<${newId()}@mail.example.com>`,
    ...fields,
  });
  const raw = await composed.compile().build();
  return Buffer.concat([Buffer.from(fromSes.map((line) => `${line}\r\n`).join('')), raw]);
}

/** The parts of a function that has these mails to read, each by a key of its own. */
export function withMails(parts: Omit<MailParts, 'readMail'>) {
  const mails = new Map<string, Buffer>();
  return {
    parts: {
      ...parts,
      async readMail({ key }: MailReference) {
        const raw = mails.get(key);
        return raw && readMail(raw);
      },
    },
    put(raw: Buffer): MailReference {
      const key = newId();
      mails.set(key, raw);
      return { bucket: 'mails', key };
    },
  };
}
