import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UNKNOWN_NUMBER } from '../../infra/local/doubles/sunshine-clients.ts';
import { NOT_CHECKED } from '../providers/specs.ts';
import { type Client, startClient } from '../support/overture.ts';
import { until } from '../support/poll.ts';

const DEMO = join(import.meta.dirname, '../../infra/local/demo.json');
const ROOT = 'aaa111111111111111111111';
const AWS = 'ca0000000000000000000001';
const SUNSHINE = 'ca0000000000000000000002';
const TWILIO = 'ca0000000000000000000003';
const TWILIO_WHATSAPP = '+12025550177';

const service = (organization: string, type: string, params: object = {}) => ({
  id: `${organization.slice(0, -4)}${type.length}${organization.slice(-3)}`,
  organization,
  type,
  params,
});
const template = (organization: string) => ({
  organization,
  name: 'ready',
  language: 'en',
  status: 'APPROVED',
  category: 'UTILITY',
  text: 'Dear {{1}}, it is ready.',
});

/** The demo, and an organization for each other way to carry. */
function seedFile(folder: string): string {
  const demo = JSON.parse(readFileSync(DEMO, 'utf8'));
  const ids = [AWS, SUNSHINE, TWILIO];
  const seed = {
    ...demo,
    organizations: [...demo.organizations, ...ids.map((id) => ({ id, name: id, parent: ROOT, country: 'NL' }))],
    services: [
      ...demo.services,
      service(AWS, 'aws-sms'),
      service(AWS, 'aws-social'),
      service(SUNSHINE, 'sunshine'),
      service(TWILIO, 'twilio', { whatsappFrom: TWILIO_WHATSAPP }),
    ],
    watemplates: [...demo.watemplates, ...ids.map(template)],
  };
  const file = join(folder, 'seed.json');
  writeFileSync(file, JSON.stringify(seed));
  return file;
}

let folder: string;
let client: Client;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'carriers-'));
  client = await startClient({ seedFile: seedFile(folder) });
}, 90_000);
afterAll(async () => {
  await client?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(organization: string, telephone: string, touchpoint: string): Promise<string[]> {
  const meta = touchpoint === 'whatsapp' ? { template: 'ready', language: 'en', parameters: ['Ana'] } : undefined;
  const message = (text: string) => ({ text, touchpoint, role: 'agent', meta });
  const { status, body } = await client.post('/v2/conversations', {
    organization,
    type: 'contact',
    contact: { profile: { telephone } },
    messages: [message('first'), message('second')],
  });
  expect({ status, body }).toMatchObject({ status: 201 });
  return body.messages;
}

const deliveryWith = (message: string | undefined, ...statuses: string[]) =>
  until(
    `${message} is ${statuses.join(' or ')}`,
    async () => {
      const { delivery } = (await client.get(`/v2/messages/${message}`)).body;
      return statuses.includes(delivery.status) && delivery;
    },
    { withinMs: 50_000 },
  );

describe.concurrent('messages in the local run', { timeout: 150_000 }, () => {
  it.each([
    ['SMS by AWS', AWS, 'sms', 'aws-sms', '+31620000901'],
    ['WhatsApp by AWS', AWS, 'whatsapp', 'aws-social', '+31620000902'],
    ['SMS by Sunshine', SUNSHINE, 'sms', 'sunshine', '+31620000903'],
    ['WhatsApp by Sunshine', SUNSHINE, 'whatsapp', 'sunshine', '+31620000904'],
    ['SMS by Twilio', TWILIO, 'sms', 'twilio', '+31620000905'],
    ['WhatsApp by Twilio', TWILIO, 'whatsapp', 'twilio', '+31620000906'],
  ])('go by %s, each once and in order', async (_, organization, touchpoint, provider, telephone) => {
    const messages = await start(organization, telephone, touchpoint);
    const delivered = await client.delivered(telephone, 2, 50_000);
    expect(delivered.map((entry) => [entry.provider, entry.touchpoint, entry.messageId])).toEqual(
      messages.map((message) => [provider, touchpoint, message]),
    );
  });

  it.each([
    ['SMS by AWS', AWS, 'sms', '+31620000911'],
    ['WhatsApp by AWS', AWS, 'whatsapp', '+31620000912'],
    ['SMS by Sunshine', SUNSHINE, 'sms', '+31620000913'],
    ['WhatsApp by Sunshine', SUNSHINE, 'whatsapp', '+31620000914'],
    ['SMS by Twilio', TWILIO, 'sms', '+31620000915'],
    ['WhatsApp by Twilio', TWILIO, 'whatsapp', '+31620000916'],
  ])('by %s end delivered', async (_, organization, touchpoint, telephone) => {
    const messages = await start(organization, telephone, touchpoint);
    for (const message of messages) {
      expect((await deliveryWith(message, 'delivered')).history.length).toBeGreaterThan(0);
    }
  });

  it.each([
    ['the events of AWS say', AWS, 'aws-sms', '+31620000921', ['delivered']],
    ['Sunshine’s echo or list says', SUNSHINE, 'sunshine', '+31620000922', ['accepted', 'sent', 'delivered']],
  ])('whose answer is lost are not sent again: %s that they were', async (_, organization, provider, to, statuses) => {
    await client.fault({ provider, behaviour: 'accept-then-drop', match: { to } });
    const messages = await start(organization, to, 'sms');
    await Promise.all(messages.map((message) => deliveryWith(message, ...statuses)));
    expect((await client.outbox(to)).map(({ messageId }) => messageId)).toEqual(messages);
  });

  it('to a number that Sunshine’s channel does not know fail, and say so', async () => {
    const [message] = await start(SUNSHINE, UNKNOWN_NUMBER, 'sms');
    expect((await deliveryWith(message, 'failed')).error).toMatchObject({ code: 'link_refused', class: 'permanent' });
  });

  it.each([
    ['Twilio', TWILIO, TWILIO_WHATSAPP, '+31620000931'],
    ['Sunshine', SUNSHINE, undefined, '+31620000932'],
  ])('answer by WhatsApp of %s what the contact wrote there', async (_, organization, to, from) => {
    if (!to) await start(organization, from, 'whatsapp').then(() => client.delivered(from, 2, 50_000));
    const before = (await client.outbox(from)).length;
    expect(await client.reply({ touchpoint: 'whatsapp', from, text: 'Is it ready?', ...(to && { to }) })).toMatchObject(
      {
        body: { status: 200 },
      },
    );
    const { status } = await client.post('/v2/conversations', {
      organization,
      type: 'contact',
      contact: { profile: { telephone: from } },
      messages: [{ text: 'It is.', touchpoint: 'whatsapp', role: 'agent' }],
    });
    expect(status).toBe(200);
    const [answer] = (await client.delivered(from, before + 1, 50_000)).slice(before);
    expect(answer?.text).toBe('It is.');
    expect(answer?.template).toBeUndefined();
  });
});

describe('all that went to them', () => {
  it('kept to the documents of the providers', async (context) => {
    if (!client.overture.checksRequests) context.skip(NOT_CHECKED);
    expect((await client.get('/_local/violations')).body).toEqual([]);
  });
});
