import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { vi } from 'vitest';
import { META, TWILIO } from '../../infra/local/doubles/credentials.ts';
import { type DoublesConfig, openDoubles } from '../../infra/local/doubles/doubles.ts';

export const CONTACT = '+31646280994';
export const NUMBER = TWILIO.numbers[0];
export const [PHONE] = META.numbers;

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Our side of the webhooks: keeps what came, and answers with the next of `answers`, else 200. */
export async function openWebhook() {
  const received: Received[] = [];
  const answers: number[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    received.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) });
    response.writeHead(answers.shift() ?? 200).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answers,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

export type Stage = Awaited<ReturnType<typeof openStage>>;

/** Doubles with one number of each provider, and the webhook they call. */
export async function openStage(config: DoublesConfig = {}, now?: () => number) {
  const webhook = await openWebhook();
  const doubles = await openDoubles(config, now);
  const control = (method: string, path: string, body?: unknown) =>
    fetch(`${doubles.addresses.control}/_local/${path}`, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
  await control('PUT', 'senders', {
    twilio: TWILIO.numbers.slice(0, 2).map((number) => twilioSender(number, `${webhook.url}/inbound#rc=3&rp=all`)),
    whatsapp: META.numbers.map((number) => whatsAppSender(number, `${webhook.url}/meta`)),
  });

  return {
    addresses: doubles.addresses,
    webhook,
    control,
    outbox: async () => JSON.parse(await (await control('GET', 'outbox')).text()),
    fault: (provider: string, behaviour: string, more: object = {}) =>
      control('POST', 'faults', { provider, behaviour, ...more }),
    sms: (fields: Record<string, string> = {}, token: string = TWILIO.authToken) =>
      fetch(`${doubles.addresses.twilio}/2010-04-01/Accounts/${TWILIO.accountSid}/Messages.json`, {
        method: 'POST',
        headers: { authorization: basic(token) },
        body: new URLSearchParams({ To: CONTACT, From: NUMBER, Body: 'hello', ...fields }),
      }),
    twilioGet: (path: string) =>
      fetch(`${doubles.addresses.twilio}/2010-04-01/Accounts/${TWILIO.accountSid}/${path}`, {
        headers: { authorization: basic(TWILIO.authToken) },
      }),
    whatsapp: (message: object, token: string = META.accessToken, id: string = PHONE.phoneNumberId) =>
      fetch(`${doubles.addresses.whatsapp}/v23.0/${id}/messages`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ messaging_product: 'whatsapp', recipient_type: 'individual', to: CONTACT, ...message }),
      }),
    close: async () => {
      await doubles.stop();
      webhook.close();
    },
  };
}

export const freeText = (body: string) => ({ type: 'text', text: { body } });

export const template = (name: string, language: string, parameters: readonly string[]) => ({
  type: 'template',
  template: {
    name,
    language: { policy: 'deterministic', code: language },
    components: [{ type: 'body', parameters: parameters.map((text) => ({ type: 'text', text })) }],
  },
});

/** The value as soon as it is there; fails after five seconds. */
export const eventually = <T>(look: () => T | Promise<T>) => vi.waitFor(look, { timeout: 5000, interval: 15 });

export const form = ({ body }: Received) => Object.fromEntries(new URLSearchParams(body.toString()));

const basic = (token: string) => `Basic ${Buffer.from(`${TWILIO.accountSid}:${token}`).toString('base64')}`;

const twilioSender = (number: string, inboundUrl: string) => ({
  accountSid: TWILIO.accountSid,
  authToken: TWILIO.authToken,
  number,
  inboundUrl,
});

const whatsAppSender = (number: object, webhookUrl: string) => ({
  ...number,
  accessToken: META.accessToken,
  appSecret: META.appSecret,
  webhookUrl,
  templates: [
    { name: 'welcome', language: 'nl', status: 'APPROVED', body: 'Dag {{1}}, uw code is {{2}}.' },
    { name: 'welcome', language: 'pt_BR', status: 'PENDING', body: 'Olá {{1}}' },
    { name: 'pause', language: 'nl', status: 'PAUSED', body: 'Dag' },
  ],
});
