import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, startClient } from '../support/overture.ts';
import { until } from '../support/poll.ts';

let client: Client;
beforeAll(async () => {
  client = await startClient();
}, 60_000);
afterAll(() => client.stop());

const ORGANIZATION = '6663a1f684ba342816c4b7c4';

async function mailTo(email: string): Promise<string> {
  const { status, body } = await client.post('/v2/conversations', {
    organization: ORGANIZATION,
    type: 'contact',
    contact: { profile: { name: 'Ana', email } },
    messages: [{ text: 'Hey there!', touchpoint: 'email', role: 'agent' }],
  });
  expect(status).toBe(201);
  return body.messages[0];
}

const deliveryOf = async (message: string) => (await client.get(`/v2/messages/${message}`)).body.delivery;
const deliveryWith = (message: string, status: string) =>
  until(`${message} is ${status}`, async () => {
    const delivery = await deliveryOf(message);
    return delivery.status === status && delivery;
  });

describe('an email in the local run', { timeout: 60_000 }, () => {
  it('ends delivered, told by SES over the rule and the queue of the template', async () => {
    const message = await mailTo('ana.receipts@example.com');
    const delivery = await deliveryWith(message, 'delivered');
    expect(delivery.provider).toBe('ses');
    expect(delivery.history.map(({ status }: { status: string }) => status)).toContain('delivered');
  });

  it('that bounces ends failed with the reason, and reaches nobody', async () => {
    const message = await mailTo('bounce@simulator.amazonses.com');
    const delivery = await deliveryWith(message, 'failed');
    expect(delivery.error).toMatchObject({ code: 'Permanent.General' });
    expect(await client.outbox('bounce@simulator.amazonses.com')).toEqual([]);
  });

  it('whose events are lost stays accepted', async () => {
    await client.fault({ provider: 'ses', behaviour: 'lose-callbacks', match: 'lost.receipts@example.com' });
    const lost = await mailTo('lost.receipts@example.com');
    await deliveryWith(lost, 'accepted');
    const later = await mailTo('later.receipts@example.com');
    await deliveryWith(later, 'delivered');
    expect((await deliveryOf(lost)).status).toBe('accepted');
  });
});
