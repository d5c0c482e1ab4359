import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ServiceSchema } from '../../shared/contracts/configuration.ts';
import { deliver } from '../../shared/delivery/deliver.ts';
import type { Message } from '../../shared/domain/message.ts';
import { taggedValue, tagOfAddress, tagOfThreadId } from '../../shared/domain/reply-address.ts';
import { readUnsubscribeToken, unsubscribedValue } from '../../shared/domain/unsubscribe-token.ts';
import type { Content } from '../../shared/providers/provider.ts';
import { createSigner } from '../../shared/runtime/signer.ts';
import { putService } from '../../shared/store/configuration.ts';
import type { Table } from '../../shared/store/table.ts';
import { tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';
import { createSetting, deliveryOf, inSeconds, PEPPER, PUBLIC_URL, type Setting } from './setting.ts';

let emulator: TestTable;
let table: Table;
let setting: Setting;
beforeAll(async () => {
  emulator = await startTestTable();
  table = tableOf(emulator);
});
afterAll(() => emulator.stop());
beforeEach(async () => {
  setting = await createSetting(table, { emailSubject: 'News' });
});

type Email = Extract<Content, { kind: 'email' }>;

const anEmail = (overrides: Partial<Message> = {}): Partial<Message> => ({
  touchpoint: 'email',
  text: 'Hi',
  ...overrides,
});

/** Sends messages of one conversation by email, one after the other, and answers what the provider was given. */
async function sendAll(...messages: Partial<Message>[]): Promise<{ emails: Email[]; id: string }> {
  const given = await setting.given({ touchpoint: 'email' }, ...messages);
  for (const message of given.messages.filter(({ state }) => state === 'pending')) {
    setting.clock.advance(Math.max(0, message.due - setting.clock.now()));
    await deliver(setting.delivery(message.touchpoint ?? 'email'), deliveryOf(message), { remainingMs: () => 30_000 });
  }
  const contents = setting.providers.email.requests.map(({ content }) => content);
  return { emails: contents.filter((content) => content.kind === 'email'), id: given.conversation.id };
}

const sendOne = async (overrides: Partial<Message>): Promise<Email> => {
  const { emails } = await sendAll(anEmail(overrides));
  if (!emails[0]) throw new Error('No email was sent.');
  return emails[0];
};

/** Gives the organization's email service further params. */
const withParams = (params: Record<string, string>) =>
  putService(
    table,
    ServiceSchema.parse({
      id: setting.services.email,
      organization: setting.organization,
      type: 'ses',
      params: { from: 'Garage <hello@garage.example>', ...params },
    }),
  );

describe('the text of an email', () => {
  it('is there as plain text and as HTML', async () => {
    expect(await sendOne({ text: 'Hi <John> & co,\nsee https://x.example/a?b=1&c=2. "Bye"' })).toMatchObject({
      text: 'Hi <John> & co,\nsee https://x.example/a?b=1&c=2. "Bye"',
      html:
        '<div dir="auto">Hi &lt;John&gt; &amp; co,<br>\n' +
        'see <a href="https://x.example/a?b=1&amp;c=2">https://x.example/a?b=1&amp;c=2</a>. &quot;Bye&quot;</div>',
    });
  });

  it('makes no HTML of its own: what looks like it is shown', async () => {
    const { html } = await sendOne({
      text: '<script>alert(1)</script> https://x.example/"><img/src=x onerror=alert(1)>',
    });
    expect(html).not.toMatch(/<(script|img)/);
    expect(html).toContain('<a href="https://x.example/">');
  });

  it('as HTML is sent as it is, and read plainly', async () => {
    const html =
      '<html><style>p{color:red}</style><body><p>Caf&eacute; <a href="https://x.example">here</a></p></body></html>';
    expect(await sendOne({ contentType: 'text/html', text: html })).toMatchObject({
      html,
      text: 'Café here (https://x.example)',
    });
  });
});

describe('attachments of an email', () => {
  const attachments = ['https://files.example/in%20voice.pdf?x=1&y=2', 'https://files.example/'];

  it('are links in both readings', async () => {
    const email = await sendOne({
      meta: { attachments },
      items: [{ title: 'Your car', mediaUrl: 'https://x.example/1.jpg' }],
    });
    expect(email.text).toBe(
      'Hi\n\nin voice.pdf: https://files.example/in%20voice.pdf?x=1&y=2\nfiles.example: https://files.example/\n' +
        'Your car: https://x.example/1.jpg',
    );
    expect(email.html).toContain('<a href="https://files.example/in%20voice.pdf?x=1&amp;y=2">in voice.pdf</a>');
    expect(email.html).toContain('<a href="https://x.example/1.jpg">Your car</a>');
  });

  it('stand inside the body of the caller’s HTML', async () => {
    const email = await sendOne({
      contentType: 'text/html',
      text: '<html><body><p>Hi</p></BODY></html>',
      meta: { attachments: 'https://files.example/a.pdf' },
    });
    expect(email.html).toMatch(
      /<p>Hi<\/p>\n<p><a href="https:\/\/files\.example\/a\.pdf">a\.pdf<\/a><\/p>\n<\/BODY><\/html>$/,
    );
  });

  it('are never anything but addresses of the web', async () => {
    const email = await sendOne({
      meta: { attachments: ['javascript:alert(1)', 'file:///etc/passwd', 'no address', 7] as never },
      items: [{ mediaUrl: 'data:text/html,x' }, null],
    });
    expect([email.text, email.html]).toEqual(['Hi', '<div dir="auto">Hi</div>']);
  });
});

describe('the emails of a conversation', () => {
  const inbound = (overrides: Partial<Message> = {}) =>
    anEmail({ state: 'done', role: 'contact', inbound: true, providerId: 'reply-1@mail.example', ...overrides });

  it('are one thread: each refers to those before it, the contact’s own included', async () => {
    const { emails, id } = await sendAll(
      anEmail(),
      anEmail({ due: inSeconds(1) }),
      inbound({ due: inSeconds(2) }),
      anEmail({ due: inSeconds(3) }),
    );
    const root = emails[0]?.thread?.references[0] ?? '';
    expect(tagOfThreadId(root)?.conversation).toBe(id);
    expect(root).toMatch(/@example\.com$/);
    expect(emails.map(({ thread }) => thread)).toEqual([
      { references: [root] },
      { references: [root, 'ses-1'], inReplyTo: 'ses-1' },
      { references: [root, 'ses-1', 'ses-2', 'reply-1@mail.example'], inReplyTo: 'reply-1@mail.example' },
    ]);
  });

  it('pass over what is no email, did not leave, or has no id that may stand in a header', async () => {
    const { emails } = await sendAll(
      anEmail({ state: 'failed', providerId: 'ses-0' }),
      { touchpoint: 'sms', state: 'sent', providerId: 'SM1', due: inSeconds(1) },
      inbound({ due: inSeconds(2), providerId: 'a b>\r\nBcc: evil@example.net' }),
      anEmail({ due: inSeconds(3) }),
    );
    expect(emails[0]?.thread?.references).toHaveLength(1);
    expect(emails[0]?.thread?.inReplyTo).toBeUndefined();
  });

  it('keep the subject of the first', async () => {
    const { emails } = await sendAll(
      anEmail({ meta: { subject: 'Your car' }, text: 'x'.repeat(1_500) }),
      anEmail({ due: inSeconds(1) }),
      anEmail({ due: inSeconds(2) }),
    );
    expect(emails.map(({ subject }) => subject)).toEqual(['Your car', 'Re: Your car', 'Re: Your car']);
  });

  it('take the subject that the contact wrote, or one of their own', async () => {
    const { emails } = await sendAll(
      inbound({ subject: 'RE: a question' }),
      anEmail({ due: inSeconds(1) }),
      anEmail({ due: inSeconds(2), meta: { subject: 'Your invoice' } }),
      anEmail({ due: inSeconds(3) }),
    );
    expect(emails.map(({ subject }) => subject)).toEqual(['RE: a question', 'Your invoice', 'Re: Your invoice']);
  });

  it('cost a read only where there is something to follow on', async () => {
    const commands: string[] = [];
    const counted = tableOf(emulator);
    counted.client.middlewareStack.add(
      (next, context) => (input) => {
        commands.push(String((context as { commandName?: string }).commandName));
        return next(input);
      },
      { step: 'initialize', name: 'commands' },
    );
    const { messages } = await setting.given({ seq: 1 }, anEmail());
    const parts = { ...setting.delivery('email'), table: counted };
    await deliver(parts, deliveryOf(messages[0]), { remainingMs: () => 30_000 });
    // The one query looks for the message to wake next.
    expect(commands.filter((command) => command === 'QueryCommand')).toHaveLength(1);
  });
});

describe('a reply to an email', () => {
  it('goes to an address that names the conversation, where the service receives mail', async () => {
    await withParams({ inboundDomain: 'In.Garage.example', replyTo: 'desk@garage.example' });
    const { emails, id } = await sendAll(anEmail());
    expect(emails[0]?.replyTo).toMatch(/^reply\+[0-9a-f]{24}\.[0-9a-f]{20}@in\.garage\.example$/);
    expect(emails[0]?.thread?.references[0]).toMatch(/@in\.garage\.example$/);
    const tag = tagOfAddress(emails[0]?.replyTo ?? '');
    const value = taggedValue({ id, organization: setting.organization });
    expect(tag?.conversation).toBe(id);
    expect(createSigner(PEPPER, 'reply').isOurs(value, tag?.signature ?? '')).toBe(true);
  });

  it('goes where the service says, where it receives none', async () => {
    await withParams({ replyTo: 'desk@garage.example' });
    expect((await sendOne({})).replyTo).toBeUndefined();
    expect(setting.providers.email.requests[0]?.service.params.replyTo).toBe('desk@garage.example');
  });
});

describe('a marketing email', () => {
  it('says in both readings and to mail programs how to end such emails', async () => {
    const { emails } = await sendAll(anEmail({ meta: { purpose: 'marketing' } }));
    const [email] = emails;
    const url = email?.unsubscribeUrl ?? '';
    expect(url.startsWith(`${PUBLIC_URL}/v2/hooks/unsubscribe/`)).toBe(true);
    expect(email?.text).toBe(`Hi\n\nUnsubscribe: ${url}`);
    expect(email?.html).toContain(`<a href="${url}">Unsubscribe</a>`);
    const token = readUnsubscribeToken(url.split('/').at(-1) ?? '');
    if (!token) throw new Error('The link has a token.');
    expect(token.unsubscriber.organization).toBe(setting.organization);
    const value = unsubscribedValue(token.unsubscriber);
    expect(createSigner(PEPPER, 'unsubscribe').isOurs(value, token.signature)).toBe(true);
  });

  it.each([{}, { purpose: 'transactional' }, { purpose: true }])('is not one that says %j', async (meta) => {
    const email = await sendOne({ meta });
    expect([email.unsubscribeUrl, email.text]).toEqual([undefined, 'Hi']);
  });
});
