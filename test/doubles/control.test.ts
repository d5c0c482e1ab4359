import PostalMime from 'postal-mime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TWILIO } from '../../infra/local/doubles/credentials.ts';
import { signTwilio } from '../../infra/local/doubles/signatures.ts';
import { CONTACT, form, NUMBER, openStage, type Stage, template } from './support.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const reply = (fields: object) =>
  stage.control('POST', 'reply', { touchpoint: 'sms', from: CONTACT, text: 'Ja', ...fields });
const refusal = async (response: Response) => {
  expect(response.status).toBe(400);
  return JSON.parse(await response.text()).error;
};

describe('a reply by text message', () => {
  it('goes to the number that last wrote, signed', async () => {
    await stage.sms({ From: TWILIO.numbers[1] });
    await stage.sms();
    const response = await reply({ text: 'Dank je & tot ziens é' });
    const { status, providerId } = JSON.parse(await response.text());
    expect({ status: response.status, webhook: status }).toEqual({ status: 200, webhook: 200 });
    const [call] = stage.webhook.received;
    if (!call) throw new Error('The webhook was not called.');
    expect(form(call)).toMatchObject({
      MessageSid: providerId,
      From: CONTACT,
      To: NUMBER,
      Body: 'Dank je & tot ziens é',
      NumMedia: '0',
      SmsStatus: 'received',
    });
    const url = `${stage.webhook.url}/inbound`;
    expect(call.headers['x-twilio-signature']).toBe(signTwilio(TWILIO.authToken, url, form(call)));
  });

  it('goes to the number it names', async () => {
    await reply({ to: TWILIO.numbers[1] });
    expect(form(stage.webhook.received[0] as never).To).toBe(TWILIO.numbers[1]);
  });

  it('still knows who wrote when the outbox was cleared', async () => {
    await stage.sms();
    expect((await stage.control('DELETE', 'outbox')).status).toBe(204);
    expect(await stage.outbox()).toEqual([]);
    expect((await reply({})).status).toBe(200);
  });

  it('tells how our webhook answered', async () => {
    stage.webhook.answers.push(403, 403, 403, 403);
    expect(await (await reply({ to: NUMBER })).json()).toMatchObject({ status: 403 });
  });

  it('says so when our webhook is not there', async () => {
    stage.webhook.close();
    const response = await reply({ to: NUMBER });
    expect(response.status).toBe(502);
    expect(JSON.parse(await response.text()).error).toContain('did not answer');
  });

  it('is refused when nothing was ever sent to the contact', async () => {
    expect(await refusal(await reply({}))).toBe(
      `Nothing was ever sent to ${CONTACT} by sms, so say in "to" which number is written to.`,
    );
  });

  it('is refused when the number does not exist, or was a name', async () => {
    expect(await refusal(await reply({ to: '+12025550199' }))).toContain('There is no number +12025550199');
    await stage.sms({ From: 'Overture' });
    expect(await refusal(await reply({}))).toContain('a name as sender cannot be answered');
  });
});

describe('a reply', () => {
  it('by WhatsApp goes to the number that last wrote', async () => {
    await stage.whatsapp(template('welcome', 'nl', ['Ana', '42']));
    expect((await reply({ touchpoint: 'whatsapp', name: 'Ana' })).status).toBe(200);
    const bodies = stage.webhook.received.map(({ body }) => body.toString());
    expect(bodies.find((body) => body.includes('"messages":'))).toContain('"name":"Ana"');
  });

  it('by email is a mail as SES receives it', async () => {
    await stage.control('PUT', 'events-url', { url: `${stage.webhook.url}/_local/events` });
    const to = 'desk@in.overture.example';
    const response = await reply({ touchpoint: 'email', from: 'ana@example.com', name: 'Ana', to, text: 'Olá!' });
    const { status, providerId } = JSON.parse(await response.text());
    expect(status).toBe(200);
    const [mail] = stage.webhook.received;
    expect(mail?.path).toBe('/_local/mail');
    expect(await PostalMime.parse(mail?.body ?? '')).toMatchObject({
      from: { address: 'ana@example.com', name: 'Ana' },
      to: [{ address: to }],
      messageId: `<${providerId}>`,
      text: 'Olá!\n',
      returnPath: 'ana@example.com',
    });
  });

  it('by email is refused from what is no address, and where there is nothing to answer', async () => {
    const byEmail = async (from: string) => refusal(await reply({ touchpoint: 'email', from }));
    expect(await byEmail('ana')).toBe('"ana" is no email address.');
    expect(await byEmail('ana@example.com')).toContain('Nothing was ever sent to ana@example.com by email');
  });

  it.each([
    ['an unknown touchpoint', { touchpoint: 'pigeon' }],
    ['no text', { text: '' }],
    ['a sender that is no number', { from: 'ana' }],
    ['a field it does not know', { body: 'Ja' }],
  ])('is refused with %s', async (_, fields) => {
    expect(await refusal(await reply({ to: NUMBER, ...fields }))).toMatch(/\.$/);
  });
});

describe('the senders', () => {
  it('are added to those that exist, and replaced by number', async () => {
    const sender = {
      accountSid: TWILIO.accountSid,
      authToken: 'rotated',
      number: NUMBER,
      inboundUrl: 'http://127.0.0.1:1/',
    };
    const response = await stage.control('PUT', 'senders', { twilio: [sender] });
    const { twilio, whatsapp } = JSON.parse(await response.text());
    expect({ twilio: twilio.length, whatsapp: whatsapp.length }).toEqual({ twilio: 2, whatsapp: 2 });
    expect((await stage.sms({}, 'rotated')).status).toBe(201);
  });

  it.each([
    ['a list that is none', { twilio: {} }],
    ['a sender without token', { twilio: [{ accountSid: 'AC', number: NUMBER, inboundUrl: 'http://127.0.0.1/' }] }],
    ['an address that is none', { twilio: [{ accountSid: 'AC', authToken: 't', number: NUMBER, inboundUrl: 'here' }] }],
    ['a provider it does not know', { ses: [] }],
  ])('are refused with %s', async (_, body) => {
    expect(await refusal(await stage.control('PUT', 'senders', body))).toMatch(/\.$/);
  });
});

describe('the control server', () => {
  it('names what it knows when asked for something else', async () => {
    const response = await stage.control('GET', 'inbox');
    expect(response.status).toBe(404);
    expect(JSON.parse(await response.text()).error).toContain('GET /_local/outbox');
  });

  it('refuses what is no JSON', async () => {
    const response = await fetch(`${stage.addresses.control}/_local/faults`, { method: 'POST', body: '{' });
    expect(await refusal(response)).toBe('The body must be JSON.');
  });
});
