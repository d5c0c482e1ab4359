import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, form, openStage, type Stage, template } from './support.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const welcome = template('welcome', 'nl', ['Ana', '42']);
const open = async () => JSON.parse(await (await stage.control('GET', 'faults')).text());
const statusesOf = (sid: string) =>
  stage.webhook.received
    .map(form)
    .filter((fields) => fields.MessageSid === sid)
    .map((fields) => fields.MessageStatus);

describe('a fault of twilio', () => {
  it('429 answers code 20429 and accepts nothing, so often as asked', async () => {
    await stage.fault('twilio', '429', { times: 2 });
    const answers = [await stage.sms(), await stage.sms(), await stage.sms()];
    expect(answers.map(({ status }) => status)).toEqual([429, 429, 201]);
    expect(await answers[0]?.json()).toMatchObject({ code: 20429, status: 429 });
    expect(await stage.outbox()).toHaveLength(1);
  });

  it('500 answers in the shape of Twilio', async () => {
    await stage.fault('twilio', '500');
    const response = await stage.sms();
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ code: 20500 });
  });

  it('reject answers the code that was asked for', async () => {
    await stage.fault('twilio', 'reject:21610');
    expect(await (await stage.sms()).json()).toMatchObject({ code: 21610, status: 400 });
    expect(await stage.outbox()).toEqual([]);
  });

  it('hang never answers', async () => {
    await stage.fault('twilio', 'hang');
    const signal = AbortSignal.timeout(300);
    const waiting = fetch(`${stage.addresses.twilio}/2010-04-01/Accounts/AC/Messages.json`, { method: 'POST', signal });
    await expect(waiting).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(await stage.outbox()).toEqual([]);
  });

  it('drop closes the connection and accepts nothing', async () => {
    await stage.fault('twilio', 'drop');
    await expect(stage.sms()).rejects.toThrow('fetch failed');
    expect(await stage.outbox()).toEqual([]);
    expect((await stage.sms()).status).toBe(201);
  });

  it('accept-then-drop loses the answer of a message that was accepted, callbacks included', async () => {
    await stage.fault('twilio', 'accept-then-drop');
    await expect(stage.sms({ StatusCallback: `${stage.webhook.url}/status?m=abc` })).rejects.toThrow('fetch failed');
    const [entry] = await stage.outbox();
    expect(entry).toMatchObject({ messageId: 'abc' });
    await eventually(() => expect(statusesOf(entry.providerId)).toContain('delivered'));
  });

  it('accept-then-drop waits for a request that is accepted', async () => {
    await stage.fault('twilio', 'accept-then-drop');
    expect((await stage.sms({ Body: '' })).status).toBe(400);
    expect(await open()).toMatchObject([{ left: 1 }]);
    await expect(stage.sms()).rejects.toThrow();
  });

  it('lose-callbacks accepts the message and keeps silent about it', async () => {
    await stage.fault('twilio', 'lose-callbacks');
    const StatusCallback = `${stage.webhook.url}/status`;
    const silent = JSON.parse(await (await stage.sms({ StatusCallback })).text());
    const heard = JSON.parse(await (await stage.sms({ StatusCallback })).text());
    await eventually(async () => {
      expect(await (await stage.twilioGet(`Messages/${silent.sid}.json`)).json()).toMatchObject({
        status: 'delivered',
      });
      expect(statusesOf(heard.sid)).toHaveLength(3);
    });
    expect(statusesOf(silent.sid)).toEqual([]);
    expect(await stage.outbox()).toHaveLength(2);
  });

  it('fail accepts the message, which nobody receives, and reports the code later', async () => {
    await stage.fault('twilio', 'fail:30003');
    const { sid } = JSON.parse(await (await stage.sms({ StatusCallback: `${stage.webhook.url}/status` })).text());
    await eventually(() => expect(statusesOf(sid)).toContain('undelivered'));
    expect(stage.webhook.received.map(form).find((f) => f.MessageStatus === 'undelivered')).toMatchObject({
      ErrorCode: '30003',
    });
    expect(await stage.outbox()).toEqual([]);
  });

  it('on lookup leaves sending alone', async () => {
    await stage.fault('twilio', '500', { on: 'lookup' });
    expect((await stage.sms()).status).toBe(201);
    expect((await stage.twilioGet('Messages.json')).status).toBe(500);
    expect((await stage.twilioGet('Messages.json')).status).toBe(200);
  });

  it('refuse closes the port, and opens it again by itself', async () => {
    expect((await stage.sms()).status).toBe(201);
    await stage.fault('twilio', 'refuse', { times: 1 });
    const refused = await stage.sms().catch((error: Error) => error.cause);
    expect(refused).toMatchObject({ code: 'ECONNREFUSED' });
    expect(await open()).toMatchObject([{ behaviour: 'refuse' }]);
    await eventually(async () => expect((await stage.sms()).status).toBe(201));
    expect(await open()).toEqual([]);
  });

  it('refuse leaves the other providers alone', async () => {
    await stage.fault('twilio', 'refuse', { times: 60 });
    expect((await stage.whatsapp(welcome)).status).toBe(200);
    await stage.control('DELETE', 'faults');
    expect((await stage.sms()).status).toBe(201);
  });
});

describe('a fault of whatsapp', () => {
  it.each([
    ['429', 429, 130429],
    ['500', 500, 131000],
    ['reject:131026', 400, 131026],
    ['reject:190', 401, 190],
  ])('%s answers in the shape of Meta', async (behaviour, status, code) => {
    await stage.fault('whatsapp', behaviour);
    const response = await stage.whatsapp(welcome);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { code } });
    expect(await stage.outbox()).toEqual([]);
  });

  it('accept-then-drop loses the answer of a message that was accepted', async () => {
    await stage.fault('whatsapp', 'accept-then-drop');
    await expect(stage.whatsapp(welcome)).rejects.toThrow('fetch failed');
    expect(await stage.outbox()).toHaveLength(1);
    await eventually(() => expect(stage.webhook.received).toHaveLength(2));
  });

  it('fail reports the code by webhook', async () => {
    await stage.fault('whatsapp', 'fail:131026');
    expect((await stage.whatsapp(welcome)).status).toBe(200);
    await eventually(() => expect(stage.webhook.received[0]?.body.toString()).toContain('131026'));
    expect(await stage.outbox()).toEqual([]);
  });
});

describe('the list of faults', () => {
  it('is worked through in the order of posting', async () => {
    await stage.fault('twilio', '500');
    await stage.fault('twilio', '429');
    const answers = [await stage.sms(), await stage.sms(), await stage.sms()];
    expect(answers.map(({ status }) => status)).toEqual([500, 429, 201]);
  });

  it('spares what does not match', async () => {
    await stage.fault('twilio', '500', { match: 'needle' });
    await stage.fault('twilio', '429', { match: { to: '+3164628', text: 'hay' } });
    expect((await stage.sms()).status).toBe(201);
    expect((await stage.sms({ Body: 'haystack' })).status).toBe(429);
    expect((await stage.sms({ Body: 'a needle' })).status).toBe(500);
  });

  it('shows what is left of each, and is empty when cleared', async () => {
    await stage.fault('whatsapp', '429', { times: 3, match: 'x' });
    expect(await open()).toEqual([{ id: 1, provider: 'whatsapp', behaviour: '429', times: 3, left: 3, match: 'x' }]);
    expect((await stage.control('DELETE', 'faults')).status).toBe(204);
    expect(await open()).toEqual([]);
  });

  it.each([
    ['an unknown provider', { provider: 'smtp', behaviour: '429' }],
    ['an unknown behaviour', { provider: 'ses', behaviour: 'explode' }],
    ['a reject without a code', { provider: 'ses', behaviour: 'reject:' }],
    ['a code that its provider cannot have', { provider: 'twilio', behaviour: 'reject:Throttling' }],
    ['a count below one', { provider: 'ses', behaviour: '429', times: 0 }],
    ['a match that is neither text nor object', { provider: 'ses', behaviour: '429', match: 7 }],
    ['a refuse with a match', { provider: 'ses', behaviour: 'refuse', match: 'x' }],
    ['a field it does not know', { provider: 'ses', behaviour: '429', time: 2 }],
    ['a lookup of a provider without one', { provider: 'ses', behaviour: '429', on: 'lookup' }],
  ])('refuses %s with a sentence', async (_, fault) => {
    const response = await stage.control('POST', 'faults', fault);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: expect.stringMatching(/^.{10,}\.$/) });
  });
});
