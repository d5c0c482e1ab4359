import { randomBytes } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer';
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { thinMail } from '../../functions/hooks/thin-mail.ts';

const linesOf = (mail: Uint8Array): number => Buffer.from(mail).toString('latin1').split('\n').length;
const composed = (fields: ConstructorParameters<typeof MailComposer>[0]): Promise<Buffer> =>
  new MailComposer({ from: 'a@b.example', to: 'c@d.example', ...fields }).compile().build();

describe('a large mail', () => {
  it('has the same attachments in a few lines', async () => {
    const files = [randomBytes(3_000_001), randomBytes(1_000_000), randomBytes(10)];
    const raw = await composed({
      text: 'Hi',
      attachments: files.map((content, index) => ({ filename: `${index}`, content })),
    });
    expect(linesOf(raw)).toBeGreaterThan(50_000);
    const thin = thinMail(raw);
    expect(linesOf(thin)).toBeLessThan(200);
    const { text, attachments } = await PostalMime.parse(thin);
    expect(text?.trim()).toBe('Hi');
    expect(
      attachments.map(({ content }) => Buffer.compare(Buffer.from(content as ArrayBuffer), files.shift() ?? raw)),
    ).toEqual([0, 0, 0]);
  });

  it.each([
    ['short lines', 'Hi!\r\n'],
    ['empty lines', '\n'],
    ['lines that are nearly encoded', `${'a'.repeat(59)}\r\n`],
    ['boundaries', '--x\n\n'],
  ])('of nothing but %s keeps few of them, and its beginning', (_what, line) => {
    const head = 'From: a@b.example\r\nTo: c@d.example\r\n\r\n';
    const thin = Buffer.from(thinMail(Buffer.from(head + line.repeat(Math.ceil(20_000_000 / line.length)))));
    expect(linesOf(thin)).toBeLessThanOrEqual(20_001);
    expect(thin.toString('latin1').startsWith(head + line)).toBe(true);
  });

  it('of long lines keeps as many bytes as any text needs', () => {
    expect(thinMail(Buffer.from(`${'Words '.repeat(500)}\n`.repeat(10_000))).length).toBeLessThan(8_400_000);
  });
});

it('a mail that is not large is as it came', async () => {
  const line = 'A'.repeat(60);
  const raw = await composed({ text: `${line}\n${line}\n` });
  expect(thinMail(raw)).toBe(raw);
});
