import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TWILIO } from '../../infra/local/doubles/credentials.ts';
import { signTwilio } from '../../infra/local/doubles/signatures.ts';
import { segments } from '../../infra/local/doubles/twilio-messages.ts';
import { CONTACT, eventually, form, NUMBER, openStage, openWebhook, type Stage } from './support.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

describe('sending a text message', () => {
  it('answers 201 with a new message, which is then in the outbox', async () => {
    const response = await stage.sms({ Body: 'Dag é' });
    expect(response.status).toBe(201);
    const message = JSON.parse(await response.text());
    expect(message).toMatchObject({ status: 'queued', to: CONTACT, from: NUMBER, body: 'Dag é', num_segments: '1' });
    expect(message.sid).toMatch(/^SM[0-9a-f]{32}$/);
    expect(message.date_created).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000$/);
    expect(await stage.outbox()).toEqual([
      expect.objectContaining({
        seq: 1,
        touchpoint: 'sms',
        provider: 'twilio',
        to: CONTACT,
        text: 'Dag é',
        providerId: message.sid,
      }),
    ]);
  });

  it('takes our message id from the callback address', async () => {
    await stage.sms({ StatusCallback: `${stage.webhook.url}/status?c=1&k=2&a=0&m=0123abc#rc=3&rp=all` });
    expect(await stage.outbox()).toMatchObject([{ messageId: '0123abc' }]);
  });

  it('gives every message its own id', async () => {
    const bodies = await Promise.all([stage.sms(), stage.sms()].map(async (sent) => (await sent).json()));
    const sids = bodies.map((body) => (body as { sid: string }).sid);
    expect(new Set(sids).size).toBe(2);
  });

  it('accepts a name as sender', async () => {
    expect((await stage.sms({ From: 'Overture' })).status).toBe(201);
  });

  it('picks a number when a messaging service is named instead of one', async () => {
    const response = await stage.sms({ From: '', MessagingServiceSid: `MG${'a'.repeat(32)}` });
    expect(await response.json()).toMatchObject({ status: 'accepted', from: NUMBER, num_segments: '0' });
  });

  it('refuses a wrong token with 401 and code 20003', async () => {
    const response = await stage.sms({}, 'wrong');
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 20003, status: 401 });
    expect(await stage.outbox()).toEqual([]);
  });

  it.each([
    ['no recipient', { To: '' }, 21604],
    ['a recipient that is no number', { To: '0646280994' }, 21211],
    ['an empty text', { Body: '' }, 21602],
    ['a text over 1600 characters', { Body: 'x'.repeat(1601) }, 21617],
    ['no sender', { From: '' }, 21603],
    ["another account's number", { From: '+12025550199' }, 21606],
    ['a sender that is neither number nor name', { From: '!' }, 21212],
    ['a callback address with an underscore in its host', { StatusCallback: 'https://my_host.example.com/' }, 21609],
    ['the test number for an invalid recipient', { To: '+15005550001' }, 21211],
    ['the test number that cannot be routed', { To: '+15005550002' }, 21612],
    ['the test number without international permission', { To: '+15005550003' }, 21408],
    ['the test number that opted out', { To: '+15005550004' }, 21610],
    ['the test number that is no mobile', { To: '+15005550009' }, 21614],
    ['the test sender with a full queue', { From: '+15005550008' }, 21611],
  ])('refuses %s in the shape of Twilio', async (_, fields: Record<string, string>, code) => {
    const response = await stage.sms(fields);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      code,
      message: expect.any(String),
      more_info: `https://www.twilio.com/docs/errors/${code}`,
      status: 400,
    });
    expect(await stage.outbox()).toEqual([]);
  });

  it('counts segments by the alphabet that the text needs', () => {
    expect(['a'.repeat(160), 'a'.repeat(161), '✓'.repeat(70), '✓'.repeat(71)].map(segments)).toEqual([1, 2, 1, 2]);
  });
});

describe('the status callbacks', () => {
  const statuses = () => stage.webhook.received.map((call) => form(call).MessageStatus);

  it('come signed over the address without its fragment, for each step', async () => {
    const url = `${stage.webhook.url}/status?c=C1&k=M%23017&a=0&m=abc`;
    const response = await stage.sms({ StatusCallback: `${url}#rc=3&rp=all` });
    const { sid } = JSON.parse(await response.text());
    await eventually(() => expect(statuses().sort()).toEqual(['delivered', 'queued', 'sent']));
    for (const call of stage.webhook.received) {
      expect(call.path).toBe('/status?c=C1&k=M%23017&a=0&m=abc');
      expect(form(call)).toMatchObject({ MessageSid: sid, To: CONTACT, From: NUMBER, AccountSid: TWILIO.accountSid });
      expect(call.headers['x-twilio-signature']).toBe(signTwilio(TWILIO.authToken, url, form(call)));
    }
  });

  it('are repeated after 5xx when the fragment asks for it', async () => {
    stage.webhook.answers.push(500, 503);
    await stage.sms({ StatusCallback: `${stage.webhook.url}/status#rc=3&rp=all` });
    await eventually(() => expect(statuses()).toHaveLength(5));
    expect(new Set(statuses())).toEqual(new Set(['queued', 'sent', 'delivered']));
  });

  it('are not repeated after 5xx without such a fragment', async () => {
    const patient = await openWebhook();
    for (const webhook of [stage.webhook, patient]) webhook.answers.push(500);
    await stage.sms({ StatusCallback: `${stage.webhook.url}/status` });
    await eventually(() => expect(statuses()).toHaveLength(3));
    await stage.sms({ StatusCallback: `${patient.url}/status#rc=1&rp=5xx` });
    await eventually(() => expect(patient.received).toHaveLength(4));
    expect(statuses()).toHaveLength(3);
    patient.close();
  });
});

describe('reading messages back', () => {
  it('lists them newest first, narrowed by recipient, sender and day', async () => {
    const today = new Date().toISOString().slice(0, 10);
    for (const Body of ['one', 'two']) await stage.sms({ Body });
    await stage.sms({ To: '+31646280995', Body: 'other' });
    const query = new URLSearchParams({ To: CONTACT, From: NUMBER, 'DateSent>': today });
    const page = JSON.parse(await (await stage.twilioGet(`Messages.json?${query}`)).text());
    expect(page.messages.map((message: { body: string }) => message.body)).toEqual(['two', 'one']);
    expect(page).toMatchObject({ page: 0, page_size: 50, start: 0, end: 1, next_page_uri: null });
  });

  it('takes a moment as well as a day', async () => {
    await stage.sms();
    const count = async (sign: string, at: number) => {
      const query = new URLSearchParams({ [`DateSent${sign}`]: new Date(at).toISOString() });
      return JSON.parse(await (await stage.twilioGet(`Messages.json?${query}`)).text()).messages.length;
    };
    expect(await count('>', Date.now() - 60_000)).toBe(1);
    expect(await count('>', Date.now() + 60_000)).toBe(0);
    expect(await count('<', Date.now() - 60_000)).toBe(0);
  });

  it('pages', async () => {
    for (const Body of ['one', 'two', 'three']) await stage.sms({ Body });
    const first = JSON.parse(await (await stage.twilioGet('Messages.json?PageSize=2')).text());
    expect(first.messages).toHaveLength(2);
    const second = JSON.parse(await (await fetchTwilio(first.next_page_uri)).text());
    expect(second.messages.map((message: { body: string }) => message.body)).toEqual(['one']);
  });

  it('shows one message, with the status it has reached', async () => {
    const { sid } = JSON.parse(await (await stage.sms()).text());
    await eventually(async () => {
      expect(await (await stage.twilioGet(`Messages/${sid}.json`)).json()).toMatchObject({ sid, status: 'delivered' });
    });
  });

  it('knows no message that was never accepted', async () => {
    const response = await stage.twilioGet(`Messages/SM${'0'.repeat(32)}.json`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 20404 });
  });

  const fetchTwilio = (uri: string) => stage.twilioGet(uri.split('/').slice(4).join('/'));
});
