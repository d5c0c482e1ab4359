import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, startClient } from '../support/overture.ts';
import { until } from '../support/poll.ts';

let client: Client;
beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client?.stop());

const EMAIL_START = {
  organization: '6663a1f684ba342816c4b7c4',
  type: 'contact',
  contact: { profile: { name: 'John Johnson', email: 'johnjohn@example.com' } },
  messages: [{ text: 'Hey there!', touchpoint: 'email', role: 'agent' }],
};
const UPSERT_BY_ID = {
  id: '66c3ed372a33131f1b4ba1b8',
  messages: [{ text: 'Hey there!', touchpoint: 'email', role: 'agent' }],
};
const SMS_START = {
  organization: 'aaa111111111111111111222',
  type: 'contact',
  contact: { profile: { name: 'John Johnson', telephone: '+31646280994' } },
  messages: [
    { text: 'Hey there.', touchpoint: 'sms', role: 'agent' },
    { text: 'How are you?', role: 'agent' },
    { text: '/leave', type: 'command', delay: 3000 },
  ],
};
const WHATSAPP_START = {
  organization: '5bad2f12e91d2c331be33364',
  type: 'contact',
  contact: { profile: { name: 'John Johnson', telephone: '+31646280994' } },
  messages: [
    {
      role: 'agent',
      text: 'Your car is ready to be picked up!',
      touchpoint: 'whatsapp',
      meta: { template: 'your_car_is_ready', language: 'nl' },
    },
  ],
};

const USER = 'aaa000000000000000000111';

describe('the requests of the reference page, sent verbatim', () => {
  it('starts a conversation by email, which arrives as an email', async () => {
    const { status, body } = await client.post('/v2/conversations', EMAIL_START);
    expect(status).toBe(201);
    const [email] = await client.delivered('johnjohn@example.com', 1);
    expect(email).toMatchObject({
      touchpoint: 'email',
      provider: 'ses',
      text: 'Hey there!',
      messageId: body.messages[0],
    });
    expect(email?.subject).toBe('Message from Demo Shop');
  });

  it('appends to a conversation that is named by its id', async () => {
    const { status, body } = await client.post('/v2/conversations', UPSERT_BY_ID);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: UPSERT_BY_ID.id, contact: '66c3ed372a33131f1b4ba1b9' });
    const [email] = await client.delivered('janejanssen@example.com', 1);
    expect(email).toMatchObject({ text: 'Hey there!', messageId: body.messages[0] });
  });

  it('gives the same to the messages endpoint, which answers 201 with the message', async () => {
    const { status, body } = await client.post(
      `/v2/conversations/${UPSERT_BY_ID.id}/messages`,
      UPSERT_BY_ID.messages[0],
    );
    expect(status).toBe(201);
    expect(body).toMatchObject({ conversation: UPSERT_BY_ID.id, role: 'agent', type: 'chat', text: 'Hey there!' });
    await client.delivered('janejanssen@example.com', 2);
  });

  it('sends two SMS in order, becomes active, closes after /leave, and is queued again by a reply', async () => {
    const startedAt = Date.now();
    const { status, body } = await client.post('/v2/conversations', SMS_START);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      organization: SMS_START.organization,
      orgPath: 'aaa111111111111111111111#aaa111111111111111111222',
      name: 'John Johnson',
      type: 'contact',
      slug: expect.stringMatching(/^[A-Z0-9]{9}$/),
      url: `${client.overture.url}/c/${body.slug}`,
      status: 'queued',
      contact: expect.stringMatching(/^[0-9a-f]{24}$/),
      participants: [
        {
          user: USER,
          name: 'testbot',
          avatar: expect.stringContaining('https://'),
          role: 'agent',
          active: false,
          accepted: false,
          inbox: false,
          unreadCount: 0,
          createdAt: expect.any(String),
          updatedAt: expect.any(String),
        },
      ],
      messages: [expect.any(String), expect.any(String), expect.any(String)],
      channels: [],
      channelsOffline: [],
      touchpoints: { sms: { services: ['5b6f8a73623a375f28a5380c'], selected: true } },
      forms: [],
      results: [],
      createdBy: USER,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
    });

    const active = await until('the conversation is active', async () => {
      const read = await client.get(`/v2/conversations/${body.id}`);
      return read.body.status === 'active' && read.body;
    });
    expect(active.participants).toMatchObject([{ user: USER, active: true, accepted: true }]);
    const sms = await client.delivered('+31646280994', 2);
    expect(sms.map(({ text, touchpoint, provider }) => [text, touchpoint, provider])).toEqual([
      ['Hey there.', 'sms', 'twilio'],
      ['How are you?', 'sms', 'twilio'],
    ]);

    const closed = await until('the conversation is closed', async () => {
      const read = await client.get(`/v2/conversations/${body.id}`);
      return read.body.status === 'closed' && read.body;
    });
    const closedAfterMs = Date.now() - startedAt;
    console.log(`/leave with delay 3000 closed the conversation after ${closedAfterMs} ms`);
    expect(closedAfterMs).toBeGreaterThanOrEqual(3000);
    expect(closed.participants).toMatchObject([{ user: USER, active: false, accepted: false }]);
    expect(await client.outbox('+31646280994')).toHaveLength(2);

    const replied = await client.reply({ touchpoint: 'sms', from: '+31646280994', text: 'Fine, thanks!' });
    expect(replied.status).toBe(200);
    const queued = (await client.get(`/v2/conversations/${body.id}?populate=messages`)).body;
    expect(queued.status).toBe('queued');
    expect(queued.participants).toMatchObject([{ user: USER, unreadCount: 1 }]);
    expect(queued.channels).toEqual(['5b99be371951542b5f47eeb4', '5b9ae5460a13a54282ca20d0']);
    expect(queued.messages.at(-1)).toMatchObject({ role: 'contact', text: 'Fine, thanks!', touchpoint: 'sms' });
  });

  it('sends the approved template in its language, not the text of the caller', async () => {
    const { status, body } = await client.post('/v2/conversations', WHATSAPP_START);
    expect(status).toBe(201);
    const sent = await until('a WhatsApp message', async () =>
      (await client.outbox('+31646280994')).find(({ touchpoint }) => touchpoint === 'whatsapp'),
    );
    expect(sent).toMatchObject({
      text: 'Uw auto staat klaar om opgehaald te worden!',
      template: { name: 'your_car_is_ready', language: 'nl', parameters: [] },
      messageId: body.messages[0],
    });
    const message = (await client.get(`/v2/messages/${body.messages[0]}`)).body;
    expect(message.text).toBe('Uw auto staat klaar om opgehaald te worden!');
    expect(message.meta.callerText).toBe('Your car is ready to be picked up!');
    await until('Meta reports the delivery', async () => {
      const read = await client.get(`/v2/messages/${body.messages[0]}`);
      return read.body.delivery.status === 'delivered';
    });
  });

  it('adds to the same conversation of the same contact when the same request comes again', async () => {
    const first = await client.post('/v2/conversations', EMAIL_START);
    const second = await client.post('/v2/conversations', EMAIL_START);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.body.id).toBe(first.body.id);
    expect(second.body.contact).toBe(first.body.contact);
    const emails = await client.delivered('johnjohn@example.com', 3);
    expect(new Set(emails.map(({ messageId }) => messageId)).size).toBe(3);
    const read = (await client.get(`/v2/conversations/${first.body.id}`)).body;
    expect(read.messages).toEqual(emails.map(({ messageId }) => messageId));
  });
});
