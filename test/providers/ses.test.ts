import PostalMime from 'postal-mime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseCorrelationTags } from '../../shared/providers/correlation.ts';
import type { Content, Rejected } from '../../shared/providers/provider.ts';
import { sesRejection } from '../../shared/providers/ses/rejection.ts';
import { createSes } from '../../shared/providers/ses/ses.ts';
import { CORRELATION, emailRequest, smsRequest, withParams } from './builders.ts';
import { closedUrl, type ProviderServer, type Script, startProviderServer } from './provider-server.ts';

// The Query protocol of SES v1 has no OpenAPI document in ../shared/specs: the request is NOT CHECKED against one here.

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const ses = (endpoint = server.url) => createSes({ endpoint, region: 'eu-west-1', credentials });

const xml = (status: number, body: string): Script => ({ status, body, headers: { 'content-type': 'text/xml' } });
const accepted = xml(
  200,
  '<SendRawEmailResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><SendRawEmailResult><MessageId>0102-ses</MessageId></SendRawEmailResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></SendRawEmailResponse>',
);
const refusal = (status: number, code: string, message: string) =>
  xml(
    status,
    `<ErrorResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
  );
const email = (fields: Partial<Extract<Content, { kind: 'email' }>> = {}): Content => ({
  kind: 'email',
  subject: 'Hello',
  text: 'Hello John',
  ...fields,
});

const sentForm = () => new URLSearchParams(server.requests[0]?.body);
const sentMime = () => Buffer.from(sentForm().get('RawMessage.Data') ?? '', 'base64').toString('utf8');
const sentHeaders = () => sentMime().split('\r\n\r\n')[0] ?? '';

describe('SES send', () => {
  test('posts one raw email to one destination and answers with the message id', async () => {
    server.script(accepted);
    expect(await ses().send(emailRequest())).toEqual({ outcome: 'accepted', providerId: '0102-ses' });
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.headers.connection).toBe('close');
    expect(sentForm().get('Action')).toBe('SendRawEmail');
    expect(sentForm().getAll('Destinations.member.1')).toEqual(['john@example.org']);
    expect(sentForm().has('Destinations.member.2')).toBe(false);
    expect(sentForm().has('ConfigurationSetName')).toBe(false);
    expect(await PostalMime.parse(sentMime())).toMatchObject({
      from: { name: 'Overture', address: 'hello@example.com' },
      to: [{ address: 'john@example.org' }],
      subject: 'Hello',
      text: 'Hello John\n',
    });
  });

  test('tags the email with the correlation, for the events of the configuration set', async () => {
    server.script(accepted);
    await ses().send(withParams(emailRequest(), { configurationSet: 'overture' }));
    const tags = [1, 2, 3, 4].map((n) => [
      sentForm().get(`Tags.member.${n}.Name`),
      [sentForm().get(`Tags.member.${n}.Value`)],
    ]);
    expect(parseCorrelationTags(Object.fromEntries(tags))).toEqual(CORRELATION);
    expect(sentForm().has('Tags.member.5.Name')).toBe(false);
    expect(sentForm().get('ConfigurationSetName')).toBe('overture');
  });

  test('has an HTML alternative, a reply address and letters beyond ASCII when they are given', async () => {
    server.script(accepted);
    const content = email({ subject: 'Café ☕ voor jou', text: 'Hé\n.\nJohn', html: '<p>Hé John</p>' });
    await ses().send(withParams(emailRequest({ content }), { replyTo: 'reply@example.com' }));
    expect(sentHeaders()).toContain('multipart/alternative');
    const mail = await PostalMime.parse(sentMime());
    expect(mail).toMatchObject({ subject: 'Café ☕ voor jou', replyTo: [{ address: 'reply@example.com' }] });
    expect(mail.text?.trim()).toBe('Hé\n.\nJohn');
    expect(mail.html).toContain('<p>Hé John</p>');
  });

  test('stands in its thread: SES ids with the domain of the region, others as they are', async () => {
    server.script(accepted);
    const references = ['thread.1@example.com', '0102-first', 'contact-1@mail.example.org'];
    await ses().send(emailRequest({ content: email({ thread: { references, inReplyTo: '0102-first' } }) }));
    const mail = await PostalMime.parse(sentMime());
    expect(mail.references).toBe(
      '<thread.1@example.com> <0102-first@eu-west-1.amazonses.com> <contact-1@mail.example.org>',
    );
    expect(mail.inReplyTo).toBe('<0102-first@eu-west-1.amazonses.com>');
  });

  test('stands in its thread in us-east-1, whose domain is another', async () => {
    server.script(accepted);
    const sender = createSes({ endpoint: server.url, region: 'us-east-1', credentials });
    await sender.send(emailRequest({ content: email({ thread: { references: ['0102-first'] } }) }));
    expect(await PostalMime.parse(sentMime())).toMatchObject({ references: '<0102-first@email.amazonses.com>' });
    expect(sentHeaders()).not.toContain('In-Reply-To');
  });

  test('has the reply address of the email rather than that of the service', async () => {
    server.script(accepted);
    const content = email({ replyTo: 'reply+1@in.example.com' });
    await ses().send(withParams(emailRequest({ content }), { replyTo: 'service@example.com' }));
    expect((await PostalMime.parse(sentMime())).replyTo).toEqual([{ name: '', address: 'reply+1@in.example.com' }]);
  });

  test('can be unsubscribed from by one click, in headers that are not folded', async () => {
    server.script(accepted);
    const unsubscribeUrl = `https://api.example.com/v2/hooks/unsubscribe/${'a'.repeat(120)}`;
    await ses().send(emailRequest({ content: email({ unsubscribeUrl }) }));
    expect(sentHeaders().split('\r\n')).toEqual(
      expect.arrayContaining([
        `List-Unsubscribe: <${unsubscribeUrl}>`,
        'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
      ]),
    );
  });

  test('writes an international domain in ASCII, and leaves the local part alone', async () => {
    server.script(accepted);
    await ses().send(emailRequest({ to: "O'Hara+x@bücher.example" }));
    expect(sentForm().get('Destinations.member.1')).toBe("O'Hara+x@xn--bcher-kva.example");
  });

  test.each([
    ['the subject', emailRequest({ content: email({ subject: 'Hi\r\nBcc: evil@example.net' }) })],
    ['the subject, by a lone line feed', emailRequest({ content: email({ subject: 'Hi\nBcc: evil@example.net' }) })],
    [
      'the subject, by a lone carriage return',
      emailRequest({ content: email({ subject: 'Hi\rBcc: evil@example.net' }) }),
    ],
    ['the recipient', emailRequest({ to: 'john@example.org\r\nBcc: evil@example.net' })],
    ['the end of the recipient', emailRequest({ to: 'john@example.org\n' })],
    ['the sender', withParams(emailRequest(), { from: 'a@example.com\r\nBcc: evil@example.net' })],
    ['the reply address', withParams(emailRequest(), { replyTo: 'a@example.com\nBcc: evil@example.net' })],
    [
      'the reply address of the email',
      emailRequest({ content: email({ replyTo: 'a@example.com\r\nBcc: evil@example.net' }) }),
    ],
    [
      'a reference',
      emailRequest({ content: email({ thread: { references: ['a@example.com>\r\nBcc: evil@example.net'] } }) }),
    ],
    [
      'what it answers',
      emailRequest({ content: email({ thread: { references: [], inReplyTo: 'a@b\nBcc: evil@example.net' } }) }),
    ],
    [
      'the address to unsubscribe at',
      emailRequest({ content: email({ unsubscribeUrl: 'https://x.example/\r\nBcc: evil@example.net' }) }),
    ],
  ])('lets no header in through %s', async (_, request) => {
    server.script(accepted);
    expect(await ses().send(request)).toMatchObject({ outcome: 'rejected', class: 'permanent' });
    expect(server.requests).toHaveLength(0);
  });

  test('lets no header in through the body', async () => {
    server.script(accepted);
    await ses().send(emailRequest({ content: email({ text: 'Bcc: evil@example.net\r\n\r\nHi' }) }));
    expect(sentHeaders()).not.toContain('evil');
  });

  test.each([
    ['a second recipient', 'john@example.org, jane@example.org'],
    ['a display name', 'John <john@example.org>'],
    ['a group', 'friends:john@example.org;'],
    ['no domain', 'john@'],
    ['no address', 'john'],
    ['nothing', ''],
  ])('refuses a recipient with %s', async (_, to) => {
    server.script(accepted);
    const expected = { class: 'permanent', scope: 'recipient', code: 'invalid_address' };
    expect(await ses().send(emailRequest({ to }))).toMatchObject(expected);
    expect(server.requests).toHaveLength(0);
  });

  test('refuses what is no email, and a service without a sender', async () => {
    expect(await ses().send({ ...emailRequest(), content: smsRequest().content })).toMatchObject({
      class: 'permanent',
      code: 'unsupported_content',
    });
    expect(await ses().send(withParams(emailRequest(), { from: undefined }))).toMatchObject({
      class: 'permanent',
      code: 'no_sender',
    });
  });
});

describe('SES failure', () => {
  test.each([
    ['a dropped connection', 'drop', { class: 'ambiguous', code: 'connection_lost' }],
    ['a 500', refusal(500, 'InternalFailure', 'Unable to process'), { class: 'ambiguous', code: 'http_500' }],
    ['a 503', refusal(503, 'ServiceUnavailable', 'Unavailable'), { class: 'ambiguous', code: 'http_503' }],
    ['no answer in time', 'hang', { class: 'ambiguous', code: 'timeout' }],
    ['throttling', refusal(400, 'Throttling', 'Maximum sending rate exceeded.'), { class: 'throttled' }],
    ['an answer that is no XML', xml(200, 'ok'), { class: 'ambiguous' }],
    ['an answer that names no message', xml(200, '<SendRawEmailResponse/>'), { class: 'ambiguous' }],
    ['a bare 502', xml(502, '<html>Bad gateway</html>'), { class: 'ambiguous', code: 'http_502' }],
  ] as const)('by %s comes after exactly one request', async (_, script, expected) => {
    server.script(script);
    expect(await ses().send(emailRequest({ timeoutMs: 500 }))).toMatchObject({ outcome: 'rejected', ...expected });
    expect(server.requests).toHaveLength(1);
  });

  test('is over after a throttled attempt: the next one is accepted', async () => {
    server.script(refusal(400, 'Throttling', 'Maximum sending rate exceeded.'), accepted);
    expect(await ses().send(emailRequest())).toMatchObject({ class: 'throttled' });
    expect(await ses().send(emailRequest())).toMatchObject({ outcome: 'accepted' });
  });

  test('was not sent when the connection is refused', async () => {
    const expected = { class: 'retryable', code: 'connection_refused' };
    expect(await ses(await closedUrl()).send(emailRequest())).toMatchObject(expected);
  });

  test('was not sent when the SDK gave up connecting, in the words of its HTTP handler', () => {
    const message =
      '@smithy/node-http-handler - the request socket did not establish a connection with the server within the configured timeout of 3000 ms.';
    expect(sesRejection(Object.assign(new Error(message), { name: 'TimeoutError', $metadata: {} }))).toMatchObject({
      class: 'retryable',
      code: 'connection_refused',
    });
  });

  test('of the credentials comes before the request leaves', async () => {
    server.script(accepted);
    const failing = createSes({
      endpoint: server.url,
      region: 'eu-west-1',
      credentials: () => Promise.reject(Object.assign(new Error('none'), { name: 'CredentialsProviderError' })),
    });
    expect(await failing.send(emailRequest())).toMatchObject({ class: 'permanent', scope: 'account' });
    expect(server.requests).toHaveLength(0);
  });

  test('of our own before the request leaves is never unclear', async () => {
    server.script(accepted);
    const failing = createSes({
      endpoint: server.url,
      region: () => Promise.reject<string>(new Error('no region')),
      credentials,
    });
    expect(await failing.send(emailRequest())).toMatchObject({ class: 'retryable', code: 'not_sent' });
    expect(server.requests).toHaveLength(0);
  });
});

type Row = readonly [code: string, message: string, Pick<Rejected, 'class' | 'scope' | 'retryAfterMs'>];
const ROWS: readonly Row[] = [
  ['Throttling', 'Daily message quota exceeded.', { class: 'throttled', scope: 'account', retryAfterMs: 3_600_000 }],
  ['Throttling', 'Maximum sending rate exceeded.', { class: 'throttled', scope: 'account' }],
  ['ThrottlingException', 'Rate exceeded', { class: 'throttled', scope: 'account' }],
  ['MessageRejected', 'Email address is not verified: a@b.c', { class: 'permanent', scope: 'sender' }],
  ['MessageRejected', 'Transaction failed: virus', { class: 'permanent', scope: 'content' }],
  ['MailFromDomainNotVerifiedException', 'x', { class: 'permanent', scope: 'sender' }],
  ['FromEmailAddressNotVerified', 'x', { class: 'permanent', scope: 'sender' }],
  ['ConfigurationSetDoesNotExist', 'x', { class: 'permanent', scope: 'sender' }],
  ['AccountSendingPausedException', 'x', { class: 'permanent', scope: 'account' }],
  ['ConfigurationSetSendingPausedException', 'x', { class: 'permanent', scope: 'account' }],
  ['LimitExceeded', 'x', { class: 'permanent', scope: 'account' }],
  ['TooManyRequestsException', 'x', { class: 'throttled', scope: 'account' }],
  ['RequestLimitExceeded', 'x', { class: 'throttled', scope: 'account' }],
  ['AccessDenied', 'x', { class: 'permanent', scope: 'account' }],
  ['IncompleteSignature', 'x', { class: 'permanent', scope: 'account' }],
  ['MissingAuthenticationToken', 'x', { class: 'permanent', scope: 'account' }],
  ['OptInRequired', 'x', { class: 'permanent', scope: 'account' }],
  ['UnrecognizedClientException', 'x', { class: 'permanent', scope: 'account' }],
  ['ExpiredToken', 'x', { class: 'permanent', scope: 'account' }],
  ['InvalidClientTokenId', 'x', { class: 'permanent', scope: 'account' }],
  ['SignatureDoesNotMatch', 'x', { class: 'permanent', scope: 'account' }],
  ['RequestExpired', 'x', { class: 'permanent', scope: 'account' }],
  ['InvalidParameterValue', 'Missing final @domain', { class: 'permanent', scope: 'recipient' }],
  ['InvalidParameterValue', 'Invalid tag', { class: 'permanent', scope: 'request' }],
  ['MissingParameter', 'x', { class: 'permanent', scope: 'request' }],
  ['InvalidParameterCombination', 'x', { class: 'permanent', scope: 'request' }],
  ['ValidationError', 'x', { class: 'permanent', scope: 'request' }],
  ['SomethingNew', 'x', { class: 'permanent', scope: 'request' }],
];

describe('SES error', () => {
  test.each(ROWS)('%s (%s) leads to %j', async (code, message, expected) => {
    server.script(refusal(400, code, message));
    const { code: said, ...rejected } = (await ses().send(emailRequest())) as Rejected;
    expect(rejected).toEqual({ outcome: 'rejected', message, ...expected });
    expect(said.replace(/Exception$/, '')).toBe(code.replace(/Exception$/, ''));
  });
});
