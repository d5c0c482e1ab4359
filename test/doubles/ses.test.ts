import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { SESClient, SendEmailCommand, SendRawEmailCommand, type SendRawEmailCommandInput } from '@aws-sdk/client-ses';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStage, type Stage } from './support.ts';

const MAIL = [
  'From: Overture <hello@overture.example>',
  'To: Ana <ana@example.com>',
  'Subject: =?utf-8?q?Ol=C3=A1?=',
  'Message-ID: <ours@overture.example>',
  'List-Unsubscribe: <https://overture.example/u/1>',
  'X-Overture: a',
  'X-Overture: b',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'Dag é',
  '',
].join('\r\n');

const { default: startEmulator } = createRequire(import.meta.url)('aws-ses-v2-local');

let emulator: Awaited<ReturnType<typeof openEmulator>>;
let stage: Stage;
let client: SESClient;
beforeEach(async () => {
  emulator = await openEmulator();
  stage = await openStage({ sesEndpoint: emulator.url });
  client = new SESClient({
    endpoint: stage.addresses.ses,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
});
afterEach(async () => {
  client.destroy();
  await stage.close();
  await emulator.close();
});

const send = (more: Partial<SendRawEmailCommandInput> = {}, mail = MAIL) =>
  client.send(new SendRawEmailCommand({ RawMessage: { Data: Buffer.from(mail) }, ...more }));
const refusalOf = (sent: Promise<unknown>) =>
  sent.then(
    () => 'accepted',
    (error: Error & { $metadata?: { httpStatusCode?: number } }) => ({
      name: error.name,
      message: error.message,
      status: error.$metadata?.httpStatusCode,
    }),
  );

describe('SendRawEmail', () => {
  it('keeps subject, text, headers and our message id, and shows the mail in the emulator', async () => {
    const { MessageId } = await send({
      Source: 'Overture <hello@overture.example>',
      Destinations: ['ana@example.com'],
      Tags: [
        { Name: 'm', Value: 'abc' },
        { Name: 'a', Value: '0' },
      ],
      ConfigurationSetName: 'overture',
    });
    expect(await stage.outbox()).toEqual([
      expect.objectContaining({
        touchpoint: 'email',
        provider: 'ses',
        to: 'ana@example.com',
        subject: 'Olá',
        text: 'Dag é',
        providerId: MessageId,
        messageId: 'abc',
        headers: expect.objectContaining({
          'list-unsubscribe': '<https://overture.example/u/1>',
          'x-overture': 'a, b',
        }),
      }),
    ]);
    const { emails } = JSON.parse(await (await fetch(`${emulator.url}/store`)).text());
    expect(emails.at(-1)).toMatchObject({ messageId: MessageId, subject: 'Olá' });
  });

  it('replaces the Message-ID that the recipient sees, as SES does', async () => {
    const { MessageId } = await send();
    const [entry] = await stage.outbox();
    expect(entry.headers['message-id']).toBe(`<${MessageId}@email.amazonses.com>`);
  });

  it('keeps the MIME as it was sent', async () => {
    await send();
    const response = await stage.control('GET', 'outbox/1/raw');
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await response.text()).toBe(MAIL);
    expect((await stage.control('GET', 'outbox/9/raw')).status).toBe(404);
  });

  it('goes to each destination, whatever the headers say', async () => {
    await send({ Destinations: ['bia@example.com', 'Caio <caio@example.com>'] });
    expect((await stage.outbox()).map((entry: { to: string }) => entry.to)).toEqual([
      'bia@example.com',
      'caio@example.com',
    ]);
  });

  it('takes the text of a mail that is HTML alone', async () => {
    await send({}, MAIL.replace('text/plain', 'text/html').replace('Dag é', '<style>p{}</style><p>Dag <b>Ana</b></p>'));
    expect((await stage.outbox())[0].text.trim()).toBe('Dag Ana');
  });

  it.each([
    ['no recipient', {}, MAIL.replace(/To: .*\r\n/, '')],
    ['more than fifty recipients', { Destinations: Array.from({ length: 51 }, (_, i) => `u${i}@example.com`) }, MAIL],
    ['an address that is none', { Destinations: ['not an address'] }, MAIL],
    ['an address without a full domain', { Destinations: ['ana@'] }, MAIL],
    ['one wrong address among right ones', { Destinations: ['ana@example.com', 'aña@example.com'] }, MAIL],
    ['no sender', {}, MAIL.replace(/From: .*\r\n/, '')],
    ['more than 10 MB', {}, MAIL + 'x'.repeat(10 * 1024 * 1024)],
    ['a tag with a character beyond letters, digits, _ and -', { Tags: [{ Name: 'k', Value: 'M#017' }] }, MAIL],
  ])('refuses %s', async (_, more, mail) => {
    expect(await refusalOf(send(more, mail))).toMatchObject({ name: 'InvalidParameterValue', status: 400 });
    expect(await stage.outbox()).toEqual([]);
  });

  it('is accepted without an emulator, which only costs the inbox page', async () => {
    await emulator.close();
    const { MessageId } = await send();
    expect(MessageId).toMatch(/^0100/);
    expect(await stage.outbox()).toHaveLength(1);
  });
});

describe('every other request', () => {
  it('is handed to the emulator as it is', async () => {
    const { MessageId } = await client.send(
      new SendEmailCommand({
        Source: 'hello@overture.example',
        Destination: { ToAddresses: ['ana@example.com'] },
        Message: { Subject: { Data: 's' }, Body: { Text: { Data: 't' } } },
      }),
    );
    expect(MessageId).toMatch(/^ses-/);
    expect(await stage.outbox()).toEqual([]);
  });

  it('reaches the inbox page', async () => {
    const response = await fetch(stage.addresses.ses);
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(await response.text()).toContain('<html');
  });
});

describe('a fault of ses', () => {
  it('429 throttles', async () => {
    await stage.fault('ses', '429');
    expect(await refusalOf(send())).toEqual({
      name: 'Throttling',
      message: 'Maximum sending rate exceeded.',
      status: 400,
    });
    expect((await send()).MessageId).toBeDefined();
  });

  it('500 is an internal failure', async () => {
    await stage.fault('ses', '500');
    expect(await refusalOf(send())).toMatchObject({ name: 'InternalFailure', status: 500 });
  });

  it('reject answers the code that was asked for', async () => {
    await stage.fault('ses', 'reject:MessageRejected');
    expect(await refusalOf(send())).toMatchObject({ name: 'MessageRejected', status: 400 });
    expect(await stage.outbox()).toEqual([]);
  });

  it('drop and accept-then-drop lose the connection, the second after accepting', async () => {
    await stage.fault('ses', 'drop', { match: 'ana@example.com' });
    await stage.fault('ses', 'accept-then-drop', { match: 'Olá' });
    await expect(send()).rejects.toThrow();
    expect(await stage.outbox()).toEqual([]);
    await expect(send()).rejects.toThrow();
    expect(await stage.outbox()).toHaveLength(1);
  });

  it('hang leaves the client waiting', async () => {
    await stage.fault('ses', 'hang');
    const command = new SendRawEmailCommand({ RawMessage: { Data: Buffer.from(MAIL) } });
    await expect(client.send(command, { abortSignal: AbortSignal.timeout(300) })).rejects.toThrow();
    expect(await stage.outbox()).toEqual([]);
  });

  it('refuse closes the port until it is cleared', async () => {
    await stage.fault('ses', 'refuse', { times: 60 });
    await expect(send()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await stage.control('DELETE', 'faults');
    expect((await send()).MessageId).toBeDefined();
  });
});

async function openEmulator() {
  const server = await startEmulator({ host: '127.0.0.1', port: 0 });
  if (!server.listening) await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
