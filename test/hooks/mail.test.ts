import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMailReader } from '../../functions/hooks/mail-store.ts';
import { receiveEvent } from '../../functions/hooks/receive-event.ts';
import { receiveMail } from '../../functions/hooks/receive-mail.ts';
import { ServiceSchema } from '../../shared/contracts/configuration.ts';
import { deliver } from '../../shared/delivery/deliver.ts';
import type { Message } from '../../shared/domain/message.ts';
import { putService } from '../../shared/store/configuration.ts';
import { attachIdentities } from '../../shared/store/conversations.ts';
import { markDeleted } from '../../shared/store/deletion.ts';
import { findOwners, identityOf } from '../../shared/store/identities.ts';
import { listNewest } from '../../shared/store/message-lists.ts';
import type { Table } from '../../shared/store/table.ts';
import { createSetting, deliveryOf, EMAIL, inSeconds, PEPPER, type Setting } from '../delivery/setting.ts';
import { AGENT, NOW, tableOf } from '../support/builders.ts';
import { startTestQueues, startTestTable, type TestTable } from '../support/emulators.ts';
import { mimeOf, replyTo, threadOf, withMails } from './mails.ts';

let emulator: TestTable;
let table: Table;
let setting: Setting;
let mails: ReturnType<typeof withMails>;
/** Of the setting's organization alone, for whose addresses it receives mail. */
let domain: string;
beforeAll(async () => {
  emulator = await startTestTable();
  table = tableOf(emulator);
});
afterAll(() => emulator.stop());
beforeEach(async () => {
  setting = await createSetting(table);
  mails = withMails(setting.hooks);
  domain = domainOf(setting);
  await receivesMail(setting, domain);
});

const domainOf = ({ organization }: Setting): string => `in.${organization}.example`;
const senderOf = ({ organization }: Setting): string => `hello@${organization}.example`;

/** The organization's email service receives all mail of a domain, and that to its own sender. */
const receivesMail = ({ organization, services }: Setting, inboundDomain: string, id = services.email) =>
  putService(
    table,
    ServiceSchema.parse({
      id,
      organization,
      type: 'ses',
      params: { inboundDomain, from: `Garage <hello@${organization}.example>` },
    }),
  );

type Mail = Parameters<typeof mimeOf>[0];

const receiveRaw = (raw: Buffer, hooks = mails) => receiveMail(hooks.parts, hooks.put(raw));
const receive = async (mail: Mail, fromSes: string[] = []) => receiveRaw(await mimeOf(mail, fromSes));
const messagesOf = (conversation: string) => listNewest(table, conversation, 100);
const textsOf = async (conversation: string) => (await messagesOf(conversation)).map(({ text }) => text);
const ownerOf = async (address: string, { organization } = setting) =>
  (await findOwners(table, [identityOf(PEPPER, organization, 'email', address)])).get('email');

/** A conversation whose contact is found by their email address. */
async function given(
  overrides: Parameters<Setting['given']>[0] = {},
  messages: Partial<Message>[] = [{ state: 'sent' }],
  { of = setting, email = EMAIL }: { of?: Setting; email?: string } = {},
) {
  const known = await of.given({ status: 'closed', profile: { email }, ...overrides }, ...messages);
  const identities = [identityOf(PEPPER, of.organization, 'email', email)];
  await attachIdentities(table, { conversation: known.conversation, identities, changes: {}, messages: [] });
  return known;
}

describe('a mail that answers ours', () => {
  it('is stored finished in its conversation, and queues it by email', async () => {
    const { conversation } = await given();
    setting.clock.advance(5_000);
    const quoted = '\n\nOn Mon, 2 Mar 2026 at 09:12, Garage <hello@garage.example> wrote:\n> Your car is ready.';
    const reference = mails.put(
      await mimeOf({ to: replyTo(conversation, domain), messageId: '<m1@mail.example.com>', text: `Thanks!${quoted}` }),
    );
    await receiveMail(mails.parts, reference);
    expect((await messagesOf(conversation.id)).at(-1)).toMatchObject({
      state: 'done',
      role: 'contact',
      type: 'chat',
      text: 'Thanks!',
      touchpoint: 'email',
      inbound: true,
      due: NOW + 5_000,
      service: setting.services.email,
      provider: 'ses',
      providerId: 'm1@mail.example.com',
      subject: 'Re: Your car',
      meta: { mail: reference.key, subject: 'Re: Your car' },
    });
    expect(await setting.conversation(conversation.id)).toMatchObject({
      status: 'queued',
      touchpoint: 'email',
      channels: ['front-desk', 'workshop'],
      participants: { [AGENT]: { unreadCount: 1 } },
    });
    expect(setting.observe.counts.get('ReplyReceived/email')).toBe(1);
  });

  it('never waits behind a send', async () => {
    const { conversation } = await given({}, [
      { state: 'sending', token: 't', lease: NOW + 45_000 },
      { due: inSeconds(60) },
    ]);
    setting.clock.advance(1_000);
    await receive({ to: replyTo(conversation, domain) });
    expect((await messagesOf(conversation.id)).map(({ state }) => state)).toEqual(['sending', 'done', 'pending']);
  });

  it('is part of the thread that the next email goes on', async () => {
    const { conversation, messages } = await given({ seq: 2, services: {} }, [
      { touchpoint: 'email', due: inSeconds(60) },
    ]);
    await receive({ to: replyTo(conversation, domain), messageId: '<m1@mail.example.com>', subject: 'About my car' });
    setting.clock.advance(60_000);
    await deliver(setting.delivery('email'), deliveryOf(messages[0]), { remainingMs: () => 30_000 });
    expect(setting.providers.email.requests[0]?.content).toMatchObject({
      subject: 'Re: About my car',
      replyTo: replyTo(conversation, domain),
      thread: { inReplyTo: 'm1@mail.example.com', references: [expect.any(String), 'm1@mail.example.com'] },
    });
  });
});

describe('whose a mail is', () => {
  it('says the tag of its address first: before the thread it refers to and before its sender', async () => {
    const tagged = (await given({}, [{}], { email: 'a@example.com' })).conversation;
    const threaded = (await given({}, [{}], { email: 'b@example.com' })).conversation;
    const sender = (await given()).conversation;
    await receive({ to: replyTo(tagged, domain), references: threadOf(threaded) });
    const counts = await Promise.all([tagged, threaded, sender].map(async ({ id }) => (await messagesOf(id)).length));
    expect(counts).toEqual([2, 1, 1]);
  });

  it.each(['references', 'inReplyTo'] as const)('says the thread in %s next: before its sender', async (header) => {
    const threaded = (await given({}, [{}], { email: 'b@example.com' })).conversation;
    const sender = (await given()).conversation;
    const ids = header === 'references' ? `<x@y.example> ${threadOf(threaded)} <z@y.example>` : threadOf(threaded);
    await receive({ to: `desk@${domain}`, [header]: ids });
    expect([(await messagesOf(threaded.id)).length, (await messagesOf(sender.id)).length]).toEqual([2, 1]);
  });

  it('says its sender last, however they write their address', async () => {
    const { conversation } = await given();
    await receive({ to: senderOf(setting), from: `"J." <${EMAIL.toUpperCase()}>` });
    expect(await textsOf(conversation.id)).toContain('Thanks!');
  });

  it('is found where the address is only in what the receiving server noted', async () => {
    const { conversation } = await given({}, [{}], { email: 'b@example.com' });
    const received = `Received: from mail.example.com by inbound-smtp.eu-west-1.amazonaws.com for ${replyTo(conversation, domain)};\r\n Mon, 2 Mar 2026 09:12:00 +0000`;
    await receive({ to: 'undisclosed-recipients:;' }, [received]);
    expect(await messagesOf(conversation.id)).toHaveLength(2);
  });

  it('is a new contact’s, named as they call themselves, when nobody knows the sender', async () => {
    await receive({ to: senderOf(setting), from: 'Jo Doe <jo@example.org>', text: 'Are you open?' });
    const id = (await ownerOf('jo@example.org')) ?? '';
    expect(await setting.conversation(id)).toMatchObject({
      status: 'queued',
      name: 'Jo Doe',
      profile: { name: 'Jo Doe', email: 'jo@example.org' },
      touchpoint: 'email',
      services: { email: [setting.services.email] },
    });
    expect(await textsOf(id)).toEqual(['Are you open?']);
  });

  it('is nobody’s at an address that no service receives mail for', async () => {
    const { conversation } = await given();
    await receive({ to: `${replyTo(conversation, 'elsewhere.example')}, desk@elsewhere.example` });
    expect(await messagesOf(conversation.id)).toHaveLength(1);
    expect(setting.observe.counts.get('EventIgnored/email')).toBe(1);
  });

  it('is nobody’s once the service receives for another domain', async () => {
    const { conversation } = await given();
    await receivesMail(setting, `new.${domain}`);
    setting.clock.advance(61_000);
    await receive({ to: replyTo(conversation, domain) });
    expect(await messagesOf(conversation.id)).toHaveLength(1);
    await receive({ to: replyTo(conversation, `new.${domain}`) });
    expect(await messagesOf(conversation.id)).toHaveLength(2);
  });
});

describe('a tag that proves nothing', () => {
  it('is one that was not signed by us: its mail goes by the sender', async () => {
    const target = (await given({}, [{}], { email: 'b@example.com' })).conversation;
    const sender = (await given()).conversation;
    const forged = replyTo(target, domain).replace(/\.[0-9a-f]{20}@/, `.${'0'.repeat(20)}@`);
    await receive({ to: forged, references: `<thread.${target.id}.${'0'.repeat(20)}@x.example>` });
    expect([(await messagesOf(target.id)).length, (await messagesOf(sender.id)).length]).toEqual([1, 2]);
  });

  it('is one of another organization, at ours: nothing is stored there', async () => {
    const other = await createSetting(table);
    await receivesMail(other, domainOf(other));
    const theirs = (await given({}, [{}], { of: other, email: 'b@example.com' })).conversation;
    await receive({ to: replyTo(theirs, domain), references: threadOf(theirs) });
    expect(await messagesOf(theirs.id)).toHaveLength(1);
    expect(await textsOf((await ownerOf(EMAIL)) ?? '')).toEqual(['Thanks!']);
    expect(await ownerOf(EMAIL, other)).toBeUndefined();
  });

  it('is one whose contact was deleted: the sender starts anew', async () => {
    const { conversation } = await given();
    await markDeleted(table, conversation, NOW);
    await receive({ to: replyTo(conversation, domain) });
    const anew = await ownerOf(EMAIL);
    expect(anew).not.toBe(conversation.id);
    expect(await textsOf(anew ?? '')).toEqual(['Thanks!']);
  });
});

describe('organizations that receive mail for one domain', () => {
  let other: Setting;
  let shared: string;
  beforeEach(async () => {
    other = await createSetting(table);
    shared = `shared.${domain}`;
    await receivesMail(setting, shared);
    await receivesMail(other, shared);
  });

  it('each get what its tag proves theirs', async () => {
    const [ours, theirs] = [await given(), await given({}, [{}], { of: other })];
    await receive({ to: replyTo(theirs.conversation, shared) });
    expect([
      (await messagesOf(ours.conversation.id)).length,
      (await messagesOf(theirs.conversation.id)).length,
    ]).toEqual([1, 2]);
  });

  it('share by who had to do with the sender last', async () => {
    const ours = (await given({ lastAt: NOW + 1_000 })).conversation;
    const theirs = (await given({ lastAt: NOW + 2_000 }, [{}], { of: other })).conversation;
    await receive({ to: `desk@${shared}` });
    expect([(await messagesOf(ours.id)).length, (await messagesOf(theirs.id)).length]).toEqual([1, 2]);
  });

  it('get a stranger’s mail by their own address, and at none of them it is nobody’s', async () => {
    await receive({ to: [`desk@${shared}`, senderOf(other)] });
    expect([await ownerOf(EMAIL), typeof (await ownerOf(EMAIL, other))]).toEqual([undefined, 'string']);
    await receive({ to: `desk@${shared}`, from: 'jo@example.org' });
    expect([await ownerOf('jo@example.org'), await ownerOf('jo@example.org', other)]).toEqual([undefined, undefined]);
  });
});

describe('a mail that comes again', () => {
  it('is stored once, under whichever key it lies', async () => {
    const { conversation } = await given();
    const raw = await mimeOf({ to: replyTo(conversation, domain) });
    await receiveRaw(raw);
    await Promise.all([receiveRaw(raw), receiveRaw(raw), receiveRaw(raw)]);
    expect(await messagesOf(conversation.id)).toHaveLength(2);
  });

  it('is told by where it lies when it has no Message-ID', async () => {
    const { conversation } = await given();
    const raw = Buffer.from(`From: ${EMAIL}\r\nTo: ${replyTo(conversation, domain)}\r\n\r\nThanks!`);
    const reference = mails.put(raw);
    await receiveMail(mails.parts, reference);
    await receiveMail(mails.parts, reference);
    expect(await messagesOf(conversation.id)).toHaveLength(2);
    await receiveRaw(raw);
    expect(await messagesOf(conversation.id)).toHaveLength(3);
  });

  it('leaves nothing of its Message-ID in a key', async () => {
    const { conversation } = await given();
    await receive({ to: replyTo(conversation, domain), messageId: `<john@${'x'.repeat(900)}>` });
    expect(await messagesOf(conversation.id)).toHaveLength(2);
  });
});

describe('a mail that is not stored', () => {
  it.each([
    ['a virus', ['X-SES-Virus-Verdict: FAIL']],
    ['an automatic answer', ['Auto-Submitted: auto-replied']],
    ['a mass mail', ['Precedence: bulk']],
    ['a bounce', ['Return-Path: <>']],
  ])('is %s, although its tag is ours', async (_what, headers) => {
    const { conversation } = await given();
    await receive({ to: replyTo(conversation, domain) }, headers);
    expect(await messagesOf(conversation.id)).toHaveLength(1);
    expect(setting.observe.counts.get('EventIgnored/email')).toBe(1);
  });

  it.each([
    ['spam', ['X-SES-Spam-Verdict: FAIL']],
    ['from a sender that it only claims', ['Authentication-Results: amazonses.com; spf=fail; dmarc=fail']],
  ])('is %s, unless its tag is ours', async (_what, headers) => {
    const { conversation } = await given();
    await receive({ to: senderOf(setting) }, headers);
    expect(await messagesOf(conversation.id)).toHaveLength(1);
    await receive({ to: replyTo(conversation, domain) }, headers);
    expect(await messagesOf(conversation.id)).toHaveLength(2);
  });

  it('cannot be made storable by headers below those of SES', async () => {
    const { conversation } = await given();
    const headers = ['X-SES-Virus-Verdict: FAIL', 'X-SES-Virus-Verdict: PASS'];
    await receive({ to: replyTo(conversation, domain) }, headers);
    expect(await messagesOf(conversation.id)).toHaveLength(1);
  });

  it('is one that a person wrote and a program only marks as such', async () => {
    const { conversation } = await given();
    await receive({ to: replyTo(conversation, domain) }, ['Auto-Submitted: no', 'X-SES-Virus-Verdict: PASS']);
    expect(await messagesOf(conversation.id)).toHaveLength(2);
  });

  it('is one that is not there any more', async () => {
    await receiveMail(mails.parts, { bucket: 'mails', key: 'gone' });
    expect(setting.observe.counts.get('EventIgnored/email')).toBe(1);
  });
});

describe('what a mail says', () => {
  const said = async (mail: Mail) => {
    const { conversation } = await given();
    await receive({ to: replyTo(conversation, domain), ...mail });
    return (await messagesOf(conversation.id)).at(-1);
  };

  it('is read from its HTML when that is all there is', async () => {
    const html =
      '<div>Caf&eacute;?</div><div class="gmail_quote">On Mon, 2 Mar 2026 Garage wrote:<blockquote>Hi</blockquote></div>';
    expect((await said({ text: undefined, html }))?.text).toBe('Café?');
  });

  it('has its attachments by name, kind and size, and where they lie', async () => {
    const message = await said({
      text: '',
      attachments: [
        { filename: 'Größe.pdf', content: Buffer.alloc(1_000), contentType: 'application/pdf' },
        { filename: 'a\r\nb.txt', content: 'x' },
      ],
    });
    expect(message).toMatchObject({
      text: '[media]',
      meta: {
        mail: expect.any(String),
        attachments: [
          { name: 'Größe.pdf', contentType: 'application/pdf', size: 1_000, part: 1 },
          { contentType: 'text/plain', size: 1, part: 2 },
        ],
      },
    });
  });

  it('has a subject that may stand in a header again, whatever it was made to be', async () => {
    const { conversation } = await given();
    const raw = `From: ${EMAIL}\r\nTo: ${replyTo(conversation, domain)}\r\nSubject: =?utf-8?Q?a=0D=0ABcc:_x@y.example?=\r\n\r\nHi`;
    await receiveRaw(Buffer.from(raw));
    expect((await messagesOf(conversation.id)).at(-1)?.subject).toBe('a Bcc: x@y.example');
  });

  it.each([200_000, 10_000_000])('is taken from %i bytes of text, as much as a message holds', async (bytes) => {
    const text = (await said({ text: 'Café. '.repeat(Math.ceil(bytes / 7)) }))?.text ?? '';
    expect(text).toHaveLength(65_536);
    expect(text.startsWith('Café. Café.')).toBe(true);
  });

  it('is taken from a mail with 10 MB of attachments', async () => {
    const message = await said({ attachments: [{ filename: 'film.mp4', content: Buffer.alloc(10_000_000, 7) }] });
    expect(message).toMatchObject({ text: 'Thanks!', meta: { attachments: [{ name: 'film.mp4', size: 10_000_000 }] } });
  });
});

describe('a mail that cannot be read', () => {
  const broken: [string, (head: string) => Buffer][] = [
    ['is nested too deeply', (head) => Buffer.from(`${head}${nested(60)}`)],
    [
      'has too much of a head',
      (head) => Buffer.from(`${head}${`X-Filler: ${'x'.repeat(900)}\r\n`.repeat(2_000)}\r\nHi`),
    ],
  ];

  it.each(broken)('as it %s is a message that says so and where it lies', async (_how, make) => {
    const { conversation } = await given();
    const head = `From: ${EMAIL}\r\nTo: ${replyTo(conversation, domain)}\r\nMessage-ID: <m@mail.example.com>\r\n`;
    const reference = mails.put(make(head));
    await receiveMail(mails.parts, reference);
    expect((await messagesOf(conversation.id)).at(-1)).toMatchObject({
      text: '[unreadable mail]',
      providerId: 'm@mail.example.com',
      meta: { mail: reference.key },
    });
  });

  it.each([
    ['nothing', ''],
    ['noise', Buffer.from(Array.from({ length: 4_096 }, (_, index) => (index * 7_919) % 256)).toString('latin1')],
    ['a head without an end', `From: ${EMAIL}`],
    ['nobody it is from', `To: hello@x.example\r\n\r\nHi`],
    ['a boundary that never comes', `From: ${EMAIL}\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\nHi`],
    ['half a character and a null', `From: ${EMAIL}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\xc3\0`],
    ['an unknown charset', `From: ${EMAIL}\r\nContent-Type: text/plain; charset=x-none\r\n\r\nHi`],
    ['base64 that is none', `From: ${EMAIL}\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!`],
  ])('is no poison message when it is %s', async (_what, raw) => {
    await expect(receiveRaw(Buffer.from(raw, 'latin1'))).resolves.toBeUndefined();
    const to = `Delivered-To: ${senderOf(setting)}\r\n`;
    await expect(receiveRaw(Buffer.from(`${to}${raw}`, 'latin1'))).resolves.toBeUndefined();
  });
});

/** So many parts inside each other. */
const nested = (depth: number): string =>
  `Content-Type: multipart/mixed; boundary="b0"\r\n\r\n${Array.from(
    { length: depth },
    (_, index) => `--b${index}\r\nContent-Type: multipart/mixed; boundary="b${index + 1}"\r\n\r\n`,
  ).join('')}Hi`;

describe('STOP by mail', () => {
  const sendEmail = async (message: Message) => {
    await deliver(setting.delivery('email'), deliveryOf(message), { remainingMs: () => 30_000 });
    return (await setting.message(message)).error?.code;
  };

  it('is honoured when it is all that the contact wrote', async () => {
    const { conversation, messages } = await given({}, [{ touchpoint: 'email' }]);
    await receive({ to: replyTo(conversation, domain), text: 'Stop.\n\n> Buy now!\n> Today' });
    expect(await sendEmail(messages[0])).toBe('opted_out');
    expect(setting.providers.email.requests).toEqual([]);
  });

  it('from another address of the contact holds for the one that was written to', async () => {
    const { conversation, messages } = await given({}, [{ touchpoint: 'email' }]);
    await receive({ to: replyTo(conversation, domain), from: 'john@work.example', text: 'STOP' });
    expect(await sendEmail(messages[0])).toBe('opted_out');
    expect(await ownerOf('john@work.example')).toBeUndefined();
  });

  it('is none in a longer text', async () => {
    const { conversation, messages } = await given({}, [{ touchpoint: 'email' }]);
    await receive({ to: replyTo(conversation, domain), text: 'Stop by when you like.' });
    expect(await sendEmail(messages[0])).toBeUndefined();
  });
});

it('a mail is read from the bucket that S3’s event names, and one that is gone or empty is passed over', async () => {
  const emulated = await startTestQueues([]);
  const client = new S3Client({ ...emulated.clientConfig, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: 'mails' }));
  const { conversation } = await given();
  const Body = await mimeOf({ to: replyTo(conversation, domain), attachments: [{ content: Buffer.alloc(300_000) }] });
  await client.send(new PutObjectCommand({ Bucket: 'mails', Key: 'in/1', Body }));
  await client.send(new PutObjectCommand({ Bucket: 'mails', Key: 'in/3', Body: Buffer.alloc(0) }));
  const parts = { ...setting.hooks, readMail: createMailReader(client) };
  const created = (key: string, detailType = 'Object Created') => ({
    source: 'aws.s3',
    detailType,
    detail: { version: '0', bucket: { name: 'mails' }, object: { key, size: 1 }, reason: 'PutObject' },
  });
  await receiveEvent(parts, created('in/1', 'Object Deleted'));
  expect(await messagesOf(conversation.id)).toHaveLength(1);
  await Promise.all(['in/1', 'in/2', 'in/3'].map((key) => receiveEvent(parts, created(key))));
  expect((await messagesOf(conversation.id)).at(-1)).toMatchObject({ text: 'Thanks!', meta: { mail: 'in/1' } });
  expect(setting.observe.counts.get('EventIgnored/email')).toBe(2);
  client.destroy();
  await emulated.stop();
});

it('a fault of ours leaves the mail to be read again', async () => {
  const { conversation } = await given();
  const reference = mails.put(await mimeOf({ to: replyTo(conversation, domain) }));
  const fail = (): string => {
    throw new Error('no ids today');
  };
  const failing = { ...mails.parts, ids: { next: fail, nextPair: fail } };
  await expect(receiveMail(failing, reference)).rejects.toThrow('no ids today');
  await receiveMail(mails.parts, reference);
  expect(await textsOf(conversation.id)).toContain('Thanks!');
});
