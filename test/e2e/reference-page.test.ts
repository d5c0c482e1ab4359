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

/** The page's answer to SMS_START: headed 201, and with what a reply has changed since. */
const SAMPLE = {
  organization: 'aaa111111111111111111222',
  orgPath: 'aaa111111111111111111111#aaa111111111111111111222',
  name: 'Fimlebick Fastfuzz',
  type: 'contact',
  slug: 'HJIGT96F7',
  url: 'https://app.web1on1.chat/c/HJIGT96F7',
  status: 'queued',
  contact: '5bb01d0dd99faf11a3f4a36d',
  participants: [
    {
      updatedAt: '2018-09-30T00:47:19.872Z',
      createdAt: '2018-09-30T00:47:09.868Z',
      name: 'testbot',
      avatar: 'https://storage.googleapis.com/cs2-uploads/avatars/ca6e1762-988e-4cbc-becb-ad952b6df9a4.png',
      user: 'aaa000000000000000000111',
      unreadCount: 1,
      inbox: false,
      accepted: false,
      active: false,
      role: 'agent',
    },
  ],
  messages: ['5bb01d0dd99faf11a3f4a36e', '5bb01d0dd99faf11a3f4a36f', '5bb01d0fd99faf11a3f4a374'],
  channels: ['5b99be371951542b5f47eeb4'],
  channelsOffline: ['5b9ae5460a13a54282ca20d0'],
  touchpoints: { sms: { services: ['5b6f8a73623a375f28a5380c'], selected: true } },
  forms: [],
  results: [],
  createdBy: 'aaa000000000000000000111',
  updatedAt: '2018-09-30T00:47:20.122Z',
  createdAt: '2018-09-30T00:47:09.787Z',
  id: '5bb01d0dd99faf11a3f4a36c',
};

const ID = expect.stringMatching(/^[0-9a-f]{24}$/);
const MOMENT = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

/** The sample, with what is another one each time; a contact's name stands for itself, which the page has as an alias. */
const sampleOf = (url: string, slug: string) => ({
  ...SAMPLE,
  name: SMS_START.contact.profile.name,
  slug: expect.stringMatching(/^[A-Z0-9]{9}$/),
  url: `${url}/c/${slug}`,
  contact: ID,
  participants: SAMPLE.participants.map((participant) => ({ ...participant, createdAt: MOMENT, updatedAt: MOMENT })),
  messages: [ID, ID, ID],
  updatedAt: MOMENT,
  createdAt: MOMENT,
  id: ID,
});

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
    const sample = sampleOf(client.overture.url, body.slug);
    /** The sample before the reply, which alone makes somebody unread and tells channels. */
    const unanswered = (status: string, flags: object) => ({
      ...sample,
      status,
      participants: sample.participants.map((participant) => ({ ...participant, unreadCount: 0, ...flags })),
      channels: [],
      channelsOffline: [],
    });
    expect(body).toMatchObject(unanswered('queued', { active: false, accepted: false }));

    const active = await until('the conversation is active', async () => {
      const read = await client.get(`/v2/conversations/${body.id}`);
      return read.body.status === 'active' && read.body;
    });
    expect(active).toMatchObject(unanswered('active', { active: true, accepted: true }));
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
    expect(closed).toMatchObject(unanswered('closed', { active: false, accepted: false }));
    expect(await client.outbox('+31646280994')).toHaveLength(2);

    const replied = await client.reply({ touchpoint: 'sms', from: '+31646280994', text: 'Fine, thanks!' });
    expect(replied.status).toBe(200);
    const queued = (await client.get(`/v2/conversations/${body.id}`)).body;
    expect(queued).toMatchObject({
      ...sample,
      id: body.id,
      // Nobody's presence is known: every channel of the organization is told.
      channels: [...SAMPLE.channels, ...SAMPLE.channelsOffline],
      channelsOffline: [],
      messages: [...body.messages, ID],
    });
    const { messages } = (await client.get(`/v2/conversations/${body.id}?populate=messages`)).body;
    expect(messages).toMatchObject(queued.messages.map((id: string) => ({ id, conversation: body.id })));
    expect(messages.at(-1)).toMatchObject({ role: 'contact', text: 'Fine, thanks!', touchpoint: 'sms' });
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
