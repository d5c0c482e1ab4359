import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TWILIO } from '../../infra/local/doubles/credentials.ts';
import { CONTACT, eventually, form, openStage, type Stage } from './support.ts';

const NUMBER = '+12025550177';
const GIVEN = `HX${'a'.repeat(32)}`;
const HOUR_MS = 3_600_000;

let stage: Stage;
let clock: number;
beforeEach(async () => {
  clock = Date.now();
  stage = await openStage({}, () => clock);
  const { accountSid, authToken } = TWILIO;
  const contents = [{ sid: GIVEN, name: 'ready', language: 'nl', status: 'APPROVED', body: 'Klaar, {{1}}!' }];
  await stage.control('PUT', 'senders', {
    twilio: [{ accountSid, authToken, number: `whatsapp:${NUMBER}`, inboundUrl: `${stage.webhook.url}/in`, contents }],
  });
});
afterEach(() => stage.close());

const send = (fields: Record<string, string>) =>
  stage.sms({
    To: `whatsapp:${CONTACT}`,
    From: `whatsapp:${NUMBER}`,
    Body: '',
    StatusCallback: `${stage.webhook.url}/status?c=c1&m=m1`,
    ...fields,
  });
const content = async (method: string, path: string, body?: object) => {
  const authorization = `Basic ${Buffer.from(`${TWILIO.accountSid}:${TWILIO.authToken}`).toString('base64')}`;
  const response = await fetch(`${stage.addresses.twilio}/v1/Content${path}`, {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: JSON.parse(await response.text()) };
};
const last = () => stage.webhook.received.map(form).findLast(({ MessageStatus }) => MessageStatus);
const write = () =>
  stage.control('POST', 'reply', { touchpoint: 'whatsapp', from: CONTACT, to: NUMBER, text: 'Hoi', name: 'Ana' });

describe('WhatsApp at Twilio', () => {
  it('sends a Content template with its variables, and says so by the same callbacks', async () => {
    const { sid, status } = JSON.parse(
      await (await send({ ContentSid: GIVEN, ContentVariables: '{"1":"Ana"}' })).text(),
    );
    expect(status).toBe('queued');
    expect(await stage.outbox()).toMatchObject([
      {
        provider: 'twilio',
        touchpoint: 'whatsapp',
        to: CONTACT,
        text: 'Klaar, Ana!',
        template: { name: 'ready', language: 'nl', parameters: ['Ana'] },
        messageId: 'm1',
      },
    ]);
    await eventually(() => expect(last()).toMatchObject({ MessageSid: sid, MessageStatus: 'delivered' }));
    expect(last()).toMatchObject({ To: `whatsapp:${CONTACT}`, From: `whatsapp:${NUMBER}` });
  });

  it('takes a template that is made there, once it is approved', async () => {
    const types = { 'twilio/text': { body: 'Dag {{1}}' } };
    const made = await content('POST', '', { friendly_name: 'welcome', language: 'nl', variables: {}, types });
    expect(made.status).toBe(201);
    const { sid } = made.body;
    await send({ ContentSid: sid, ContentVariables: '{"1":"Ana"}' });
    await eventually(() => expect(last()).toMatchObject({ MessageStatus: 'undelivered', ErrorCode: '63027' }));
    await content('POST', `/${sid}/ApprovalRequests/whatsapp`, { name: 'welcome', category: 'UTILITY' });
    const { body } = await content('GET', `/${sid}/ApprovalRequests`);
    expect(body.whatsapp.status).toBe('approved');
    await send({ ContentSid: sid, ContentVariables: '{"1":"Ana"}' });
    expect(await stage.outbox()).toMatchObject([{ text: 'Dag Ana' }]);
  });

  it('takes free text for a day after the contact wrote; else it fails later with 63016', async () => {
    await send({ Body: 'hello' });
    await eventually(() => expect(last()).toMatchObject({ MessageStatus: 'undelivered', ErrorCode: '63016' }));
    expect(await stage.outbox()).toEqual([]);
    expect((await write()).status).toBe(200);
    expect(stage.webhook.received.map(form).at(-1)).toMatchObject({
      From: `whatsapp:${CONTACT}`,
      To: `whatsapp:${NUMBER}`,
      Body: 'Hoi',
      ProfileName: 'Ana',
    });
    await send({ Body: 'in time' });
    clock += 24 * HOUR_MS;
    await send({ Body: 'too late' });
    expect(await stage.outbox()).toMatchObject([{ text: 'in time' }]);
  });

  it.each([
    ['a number and a WhatsApp number', { From: TWILIO.numbers[0], Body: 'x' }, 21910],
    ['a WhatsApp number that is not there', { From: 'whatsapp:+12025550188', Body: 'x' }, 63007],
    ['content that is not there', { ContentSid: `HX${'b'.repeat(32)}` }, 21655],
    ['neither text nor content', {}, 21602],
  ])('refuses %s', async (_, fields: Record<string, string>, code) => {
    const response = await send(fields);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code });
    expect(await stage.outbox()).toEqual([]);
  });

  it('shows nobody without credentials its templates', async () => {
    const response = await fetch(`${stage.addresses.twilio}/v1/Content/${GIVEN}`);
    expect(response.status).toBe(401);
    expect((await content('GET', `/${GIVEN}`)).body.types['twilio/text'].body).toBe('Klaar, {{1}}!');
  });

  it.each([
    ['429', 429, 20429],
    ['reject:63003', 400, 63003],
  ])('is answered by the fault %s once', async (behaviour, status, code) => {
    await stage.fault('twilio', behaviour);
    const response = await send({ ContentSid: GIVEN });
    expect({ status: response.status, body: await response.json() }).toMatchObject({ status, body: { code } });
    expect((await send({ ContentSid: GIVEN })).status).toBe(201);
  });
});
