import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, startClient } from '../support/overture.ts';
import { until } from '../support/poll.ts';
import { freePort } from '../support/start-process.ts';
import { type Received, type Receiver, startReceiver } from '../webhooks/receiver.ts';

const SHOP = '6663a1f684ba342816c4b7c4';
/** Ten minutes, at the times of stage `local`, in which minutes are seconds. */
const TEN_MINUTES_MS = 10_000;

let client: Client;
beforeAll(async () => {
  client = await startClient();
}, 90_000);
afterAll(() => client?.stop());

async function makeWebhook(params: object): Promise<{ id: string; params: { secret: string } }> {
  const { body } = await client.post('/v2/services', { organization: SHOP, type: 'webhook', params });
  return body;
}
const patch = (id: string, body: object) =>
  client.raw('PATCH', `/v2/services/${id}`, JSON.stringify(body), {
    authorization: `Bearer ${client.token}`,
    'content-type': 'application/json',
  });
const activate = async (id: string) => expect((await patch(id, { status: 'active' })).status).toBe(200);
const start = async (email: string, text = 'Hey there!') =>
  (
    await client.post('/v2/conversations', {
      organization: SHOP,
      type: 'contact',
      contact: { profile: { email } },
      messages: [{ text, touchpoint: 'email', role: 'agent' }],
    })
  ).body;
const deliveryOf = ({ body }: Received): { id: string; message: string } => {
  const { id, data } = JSON.parse(body);
  return { id, message: data.message.id };
};
const eventsOf = ({ received }: Receiver) =>
  received.filter(({ method }) => method === 'POST').map(({ body }) => JSON.parse(body));

/** A webhook is listened to from the next reading of the organization on: at home that is soon. */
const untilHeard = async (receiver: Receiver): Promise<void> => {
  await until(
    'the webhook hears of something',
    async () => {
      await start(`first-${Math.random()}@example.com`);
      return eventsOf(receiver).length > 0;
    },
    { withinMs: 90_000 },
  );
};

describe('a webhook', { timeout: 180_000 }, () => {
  it('that is down for ten minutes hears of everything afterwards, each with the id that it had at first', async () => {
    const port = await freePort();
    let receiver = await startReceiver(port);
    const { id } = await makeWebhook({ url: receiver.url, events: ['message.create.**'] });
    await activate(id);
    await untilHeard(receiver);
    receiver.reacts(...Array.from({ length: 1_000 }, () => ({ status: 503 })));
    const before = receiver.received.length;
    const started = [await start('down-0@example.com'), await start('down-1@example.com')];
    await until('the receiver refuses', async () => {
      started.push(await start(`down-more-${started.length}@example.com`));
      return receiver.received.length >= before + 3;
    });
    await receiver.stop();
    const refused = receiver.received.slice(before).map(deliveryOf);
    const end = performance.now() + TEN_MINUTES_MS;
    for (let index = 2; index < 20; index++) started.push(await start(`down-${index}@example.com`));
    await until('ten minutes pass', () => performance.now() > end);
    receiver = await startReceiver(port);
    const messages = [
      ...new Set([...started.flatMap((one) => one.messages), ...refused.map(({ message }) => message)]),
    ];
    const told = () => receiver.received.map(deliveryOf).filter(({ message }) => messages.includes(message));
    await until('every event is told', () => new Set(told().map(({ message }) => message)).size === messages.length, {
      withinMs: 90_000,
    });
    const idsOf = (message: string) =>
      new Set([...refused, ...told()].filter((one) => one.message === message).map((one) => one.id));
    expect(messages.map((message) => idsOf(message).size)).toEqual(messages.map(() => 1));
    expect(refused.length).toBeGreaterThanOrEqual(3);
    await client.raw('DELETE', `/v2/services/${id}`, undefined, { authorization: `Bearer ${client.token}` });
    await receiver.stop();
  });

  it('may answer what the contact wrote', async () => {
    const answer = { token: client.token, messages: [{ text: 'An answer', role: 'agent' }] };
    const receiver = await startReceiver(0, ({ body }) =>
      body.includes('A question') ? { status: 200, body: JSON.stringify(answer) } : undefined,
    );
    const { id } = await makeWebhook({ url: receiver.url, events: ['message.create.contact.chat'] });
    await activate(id);
    await untilHeard(receiver);
    await start('asks@example.com');
    await client.delivered('asks@example.com', 1);
    await client.reply({ touchpoint: 'email', from: 'asks@example.com', text: 'A question' });
    const [, answered] = await client.delivered('asks@example.com', 2, 30_000);
    expect(answered?.text).toContain('An answer');
    await client.raw('DELETE', `/v2/services/${id}`, undefined, { authorization: `Bearer ${client.token}` });
    await receiver.stop();
  });
});
