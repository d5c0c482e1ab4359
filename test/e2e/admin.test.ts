import { afterAll, beforeAll, expect, it } from 'vitest';
import { admin } from '../../infra/ops/admin.ts';
import { createAdministration } from '../../infra/ops/administration.ts';
import { findInstallation } from '../../infra/ops/installation.ts';
import { type Client, startClient } from '../support/overture.ts';
import { until } from '../support/poll.ts';

/** An organization of the demo data that keeps its templates at Meta. */
const DEALER = '5bad2f12e91d2c331be33364';

let client: Client;
beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client?.stop());

async function make(...args: string[]): Promise<string> {
  const { port } = new URL(client.overture.url);
  const connect = async () => createAdministration(await findInstallation({ port }));
  return (await admin(connect, { args, readPassword: async () => '' })).prints;
}

it('an operator makes a company on a running installation, and its bot writes to somebody', async () => {
  const organization = await make('organization', '--name', 'My company', '--language', 'nl');
  const bot = await make('user', '--organization', organization, '--role', 'bot', '--name', 'CRM');
  const token = await make('token', '--user', bot, '--name', 'CRM');
  const from = '{"params":{"from":"hello@overture.example"}}';
  await make('service', '--organization', organization, '--type', 'ses', '--json', from);
  const message = { text: 'Hey there!', touchpoint: 'email', role: 'agent' };
  const profile = { email: 'first@example.com' };
  const start = { organization, type: 'contact', contact: { profile }, messages: [message] };
  const started = await client.post('/v2/conversations', start, { authorization: `Bearer ${token}` });
  expect(started.status, JSON.stringify(started.body)).toBe(201);
  await client.delivered(profile.email, 1);
  await until('the message is sent', async () => {
    const { body } = await client.get(`/v2/messages/${started.body.messages[0]}`, token);
    return body.delivery?.status === 'sent' || body.delivery?.status === 'delivered';
  });
});

it('an operator makes a template, which Meta is asked to approve', async () => {
  const place = ['--organization', DEALER, '--language', 'nl', '--category', 'UTILITY'];
  const name = await make('template', ...place, '--name', 'tyres_are_in', '--text', 'Uw banden zijn er!');
  const { body } = await client.get(`/v2/watemplates?organization=${DEALER}&name=${name}`);
  expect(body).toMatchObject([{ name: 'tyres_are_in', language: 'nl', providerId: expect.any(String) }]);
});
