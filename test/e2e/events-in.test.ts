import { gzipSync } from 'node:zlib';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, startClient } from '../support/overture.ts';
import { until } from '../support/poll.ts';

const SHOP = '6663a1f684ba342816c4b7c4';
const TESTBOT = 'aaa000000000000000000111';
const config = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

let client: Client;
beforeAll(async () => {
  client = await startClient();
}, 60_000);
afterAll(() => client?.stop());

const startFor = (email: string, text: string) => ({
  organization: SHOP,
  contact: { profile: { email } },
  messages: [{ text, role: 'agent', touchpoint: 'email' }],
});
const withinMs = 30_000;

describe.concurrent('a start that another service asks for', { timeout: 60_000 }, () => {
  it('by an event on our bus, of the real client, is delivered once though the event comes twice', async () => {
    const { stack } = client.overture;
    const bridge = new EventBridgeClient({ ...config, endpoint: stack.endpoints.eventBridge });
    const Detail = JSON.stringify({ id: 'order-1', ...startFor('event@example.com', 'Paid.') });
    const entry = { EventBusName: stack.find('Bus'), Source: 'shop.orders', Detail };
    const { FailedEntryCount } = await bridge.send(
      new PutEventsCommand({
        Entries: [
          { ...entry, DetailType: 'conversation.start.requested' },
          { ...entry, DetailType: 'conversation.start.requested' },
          { ...entry, DetailType: 'order.paid' },
        ],
      }),
    );
    bridge.destroy();
    expect(FailedEntryCount).toBe(0);
    const [mail] = await client.delivered('event@example.com', 1, withinMs);
    expect(mail?.text.trim()).toBe('Paid.');
    await client.post('/v2/conversations', { type: 'contact', ...startFor('event@example.com', 'Sent.') });
    await client.delivered('event@example.com', 2, withinMs);
    expect((await client.outbox('event@example.com')).map(({ text }) => text.trim())).toEqual(['Paid.', 'Sent.']);
  });

  it('by a message on the queue is delivered', async () => {
    const { stack } = client.overture;
    const sqs = new SQSClient({ ...config, endpoint: stack.endpoints.sqs });
    const QueueUrl = stack.find('IngestQueue');
    await sqs.send(
      new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(startFor('queue@example.com', 'Shipped.')) }),
    );
    sqs.destroy();
    const [mail] = await client.delivered('queue@example.com', 1, withinMs);
    const { body } = await client.get(`/v2/messages/${mail?.messageId}`);
    expect(body).toMatchObject({ text: 'Shipped.', user: TESTBOT });
  });

  it('by a row of an uploaded CSV file is delivered, and has its result', async () => {
    const name = `imports/${SHOP}/people.csv`;
    const file = 'email;text;touchpoint\nrow1@example.com;Hello;email\nnobody;Hello;email\nrow3@example.com;Hi;email\n';
    const uploaded = await client.raw('PUT', `/_local/objects/${name}`, file, { 'content-type': 'text/csv' });
    expect(uploaded.status).toBe(200);
    const folder = `results/${SHOP}/people.csv/${uploaded.headers.get('etag')?.replaceAll('"', '')}`;
    const read = (part: string) => client.raw('GET', `/_local/objects/${folder}/${part}`, undefined, {});
    const summary = await until(
      'the summary',
      async () => {
        const { status, body } = await read('summary.json');
        return status === 200 && body;
      },
      { withinMs },
    );
    expect(summary).toMatchObject({ rows: 3, created: 2, refused: 1, parts: ['part-00001.ndjson'] });
    const lines = String((await read('part-00001.ndjson')).body)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ row, status, error }) => [row, status, error?.code])).toEqual([
      [1, 'created', undefined],
      [2, 'refused', 'invalid_request'],
      [3, 'created', undefined],
    ]);
    await client.delivered('row1@example.com', 1, withinMs);
    await client.delivered('row3@example.com', 1, withinMs);
  });
});

describe('an export of Amazon Pinpoint', { timeout: 120_000 }, () => {
  const USERS = 150;
  const isOptedOut = (user: number) => user % 10 === 0;
  const emailOf = (user: number) => `pinpoint${user}@example.com`;
  const telephoneOf = (user: number) => `+316200${String(user).padStart(5, '0')}`;
  const endpointsOf = (user: number) =>
    [
      { ChannelType: 'EMAIL', Address: emailOf(user) },
      { ChannelType: 'SMS', Address: telephoneOf(user) },
      { ChannelType: 'GCM', Address: `token-${user}` },
    ].map((endpoint) => ({
      Id: `${endpoint.ChannelType}-${user}`,
      ...endpoint,
      EndpointStatus: 'ACTIVE',
      OptOut: isOptedOut(user) ? 'ALL' : 'NONE',
      EffectiveDate: '2026-10-01T12:00:00.000Z',
      Attributes: { Interests: ['cars'] },
      User: { UserId: `user-${user}`, UserAttributes: { Name: [`Person ${user}`] } },
    }));
  const users = Array.from({ length: USERS }, (_, index) => index + 1);
  // Not in the order of users, as no export is.
  const rows = [0, 1, 2].flatMap((kind) => users.map((user) => endpointsOf(user)[kind]));
  const file = gzipSync(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));

  const upload = async (name: string) => {
    const url = `${client.overture.url}/_local/objects/imports/${SHOP}/pinpoint/shop-app/${name}`;
    const answer = await fetch(url, { method: 'PUT', body: file });
    expect(answer.status).toBe(200);
    return `results/${SHOP}/pinpoint/shop-app/${name}/${answer.headers.get('etag')?.replaceAll('"', '')}`;
  };
  const read = (path: string) => client.raw('GET', `/_local/objects/${path}`, undefined, {});
  const summaryOf = (folder: string) =>
    until(
      'the summary',
      async () => {
        const { status, body } = await read(`${folder}/summary.json`);
        return status === 200 && body;
      },
      { withinMs: 60_000 },
    );
  const start = (touchpoint: 'email' | 'sms', profile: object) =>
    client.post('/v2/conversations', {
      type: 'contact',
      organization: SHOP,
      contact: { profile },
      messages: [{ text: 'News!', role: 'agent', touchpoint, meta: { purpose: 'marketing' } }],
    });

  it('makes one contact of each user, writes to nobody, and keeps who opted out from being written to', async () => {
    const folder = await upload('part-00000.gz');
    const summary = await summaryOf(folder);
    expect(summary).toMatchObject({
      rows: 3 * USERS,
      created: USERS,
      found: USERS,
      refused: USERS,
      optedOut: (2 * USERS) / 10,
      conflicts: 0,
    });
    const again = await summaryOf(await upload('the-same-again.gz'));
    expect(again).toMatchObject({ created: 0, found: 2 * USERS, refused: USERS, optedOut: (2 * USERS) / 10 });
    await upload('part-00000.gz');
    expect(await summaryOf(folder)).toEqual(summary);
    expect((await client.outbox()).filter(({ to }) => to.startsWith('pinpoint'))).toEqual([]);

    const refused = await Promise.all([
      start('email', { email: emailOf(10) }),
      start('sms', { telephone: telephoneOf(20) }),
    ]);
    const taken = await Promise.all([
      start('email', { email: emailOf(11) }),
      start('sms', { telephone: telephoneOf(21) }),
    ]);
    expect([...refused, ...taken].map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(taken[0]?.body.name).toBe('Person 11');
    await client.delivered(emailOf(11), 1, withinMs);
    await client.delivered(telephoneOf(21), 1, withinMs);
    for (const { body } of refused) {
      const [id] = body.messages;
      await until(
        'the message is refused',
        async () => (await client.get(`/v2/messages/${id}`)).body.delivery.status === 'failed',
        { withinMs },
      );
      const { delivery } = (await client.get(`/v2/messages/${id}`)).body;
      expect(delivery.error).toMatchObject({ code: 'opted_out' });
    }
    expect(await client.outbox(emailOf(10))).toEqual([]);
    expect(await client.outbox(telephoneOf(20))).toEqual([]);
  });
});
