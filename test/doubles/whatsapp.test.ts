import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { META } from '../../infra/local/doubles/credentials.ts';
import { signMeta } from '../../infra/local/doubles/signatures.ts';
import { CONTACT, eventually, freeText, openStage, PHONE, type Received, type Stage, template } from './support.ts';

const HOUR_MS = 3_600_000;
const CORRELATION = 'c=C1&k=M%23017&a=0&m=abc';

let clock = Date.now();
let stage: Stage;
beforeEach(async () => {
  clock = Date.now();
  stage = await openStage({}, () => clock);
});
afterEach(() => stage.close());

const changeIn = ({ body }: Received) => JSON.parse(body.toString()).entry[0].changes[0].value;
const statuses = () => stage.webhook.received.flatMap((call) => changeIn(call).statuses ?? []);
const inbound = (text: string) =>
  stage.control('POST', 'reply', { touchpoint: 'whatsapp', from: CONTACT, to: PHONE.phoneNumberId, text });
const errorOf = async (response: Response) => JSON.parse(await response.text()).error;

describe('sending a template', () => {
  it('answers with a wamid and puts the filled-in text in the outbox', async () => {
    const response = await stage.whatsapp({
      ...template('welcome', 'nl', ['Ana', '42']),
      biz_opaque_callback_data: CORRELATION,
    });
    expect(response.status).toBe(200);
    const { contacts, messages } = JSON.parse(await response.text());
    expect(contacts).toEqual([{ input: CONTACT, wa_id: '31646280994' }]);
    expect(messages[0].id).toMatch(/^wamid\./);
    expect(await stage.outbox()).toEqual([
      {
        seq: 1,
        at: new Date(clock).toISOString(),
        touchpoint: 'whatsapp',
        provider: 'whatsapp',
        to: CONTACT,
        text: 'Dag Ana, uw code is 42.',
        template: { name: 'welcome', language: 'nl', parameters: ['Ana', '42'] },
        providerId: messages[0].id,
        messageId: 'abc',
      },
    ]);
  });

  it.each([
    ['a name that does not exist', template('nope', 'nl', []), 132001, 404],
    ['a language that does not exist', template('welcome', 'en', ['a', 'b']), 132001, 404],
    ['a language in another spelling', template('welcome', 'NL', ['a', 'b']), 132001, 404],
    ['a template that is not approved yet', template('welcome', 'pt_BR', ['a']), 132001, 404],
    ['a paused template', template('pause', 'nl', []), 132015, 400],
    ['too few parameters', template('welcome', 'nl', ['a']), 132000, 400],
    ['too many parameters', template('welcome', 'nl', ['a', 'b', 'c']), 132000, 400],
    ['an empty parameter', template('welcome', 'nl', ['a', '']), 131008, 400],
    [
      'another language policy',
      { ...template('x', 'nl', []), template: { name: 'welcome', language: { code: 'nl' } } },
      100,
      400,
    ],
  ])('refuses %s', async (_, message, code, status) => {
    const response = await stage.whatsapp(message);
    expect(response.status).toBe(status);
    expect(await errorOf(response)).toMatchObject({ code, error_data: { messaging_product: 'whatsapp' } });
    expect(await stage.outbox()).toEqual([]);
  });
});

describe('what is refused at once', () => {
  it('is a wrong token, with 401 and code 190', async () => {
    const response = await stage.whatsapp(freeText('x'), 'wrong');
    expect(response.status).toBe(401);
    expect(await errorOf(response)).toMatchObject({ code: 190, type: 'OAuthException' });
  });

  it('is a number that does not exist', async () => {
    expect(await errorOf(await stage.whatsapp(freeText('x'), META.accessToken, '999'))).toMatchObject({ code: 100 });
  });

  it.each([
    ['another product', { messaging_product: 'sms' }, 100],
    ['no recipient_type', { recipient_type: undefined }, 100],
    ['no recipient', { to: undefined }, 131008],
    ['a recipient that is no number', { to: 'ana' }, 131009],
    ['the sender itself', { to: PHONE.displayPhoneNumber }, 131021],
    ['a type it does not know', { type: 'poem' }, 131051],
    ['an empty text', freeText(''), 131008],
    ['a correlation over 512 characters', { biz_opaque_callback_data: 'x'.repeat(513) }, 100],
  ])('is %s', async (_, fields: object, code) => {
    expect(await errorOf(await stage.whatsapp({ ...freeText('x'), ...fields }))).toMatchObject({ code });
  });
});

describe('the 24-hour window', () => {
  it('is closed at first: free text is accepted, fails later with 131047, and reaches nobody', async () => {
    const response = await stage.whatsapp({ ...freeText('hello'), biz_opaque_callback_data: CORRELATION });
    expect(response.status).toBe(200);
    const { messages } = JSON.parse(await response.text());
    await eventually(() => expect(statuses()).toHaveLength(1));
    expect(statuses()[0]).toMatchObject({
      id: messages[0].id,
      status: 'failed',
      errors: [{ code: 131047 }],
      biz_opaque_callback_data: CORRELATION,
    });
    expect(await stage.outbox()).toEqual([]);
  });

  it('opens when the contact writes, and closes a day later', async () => {
    await inbound('Hoi');
    clock += 24 * HOUR_MS - 1000;
    await stage.whatsapp(freeText('in time'));
    clock += 2000;
    await stage.whatsapp(freeText('too late'));
    expect(await stage.outbox()).toMatchObject([{ text: 'in time' }]);
  });

  it('concerns the number that was written to, not its neighbour', async () => {
    await inbound('Hoi');
    await stage.whatsapp(freeText('from the other number'), META.accessToken, META.numbers[1].phoneNumberId);
    expect(await stage.outbox()).toEqual([]);
  });
});

describe('the webhooks', () => {
  it('tell sent and delivered, signed over the bytes, with the correlation echoed', async () => {
    await stage.whatsapp({ ...template('welcome', 'nl', ['Ana', '42']), biz_opaque_callback_data: CORRELATION });
    await eventually(() => expect(statuses()).toHaveLength(2));
    expect(new Set(statuses().map(({ status }) => status))).toEqual(new Set(['sent', 'delivered']));
    for (const call of stage.webhook.received) {
      expect(call.headers['x-hub-signature-256']).toBe(signMeta(META.appSecret, call.body));
      expect(changeIn(call).metadata.phone_number_id).toBe(PHONE.phoneNumberId);
    }
    expect(statuses()[0]).toMatchObject({ recipient_id: '31646280994', biz_opaque_callback_data: CORRELATION });
  });

  it('are repeated until they are answered with success', async () => {
    stage.webhook.answers.push(500);
    await stage.whatsapp(template('welcome', 'nl', ['Ana', '42']));
    await eventually(() => expect(statuses()).toHaveLength(3));
  });

  it('carry what the contact writes, with the bytes beyond ASCII escaped and signed', async () => {
    const response = await inbound('Olá é');
    const { status, providerId } = JSON.parse(await response.text());
    expect(status).toBe(200);
    const [call] = stage.webhook.received;
    if (!call) throw new Error('The webhook was not called.');
    expect(call.body.toString()).toContain('Ol\\u00e1');
    expect(call.headers['x-hub-signature-256']).toBe(signMeta(META.appSecret, call.body));
    expect(changeIn(call)).toMatchObject({
      contacts: [{ profile: { name: CONTACT }, wa_id: '31646280994' }],
      messages: [{ from: '31646280994', id: providerId, type: 'text', text: { body: 'Olá é' } }],
    });
  });
});

describe('the list of templates', () => {
  const list = async (query: string, token: string = META.accessToken) => {
    const url = `${stage.addresses.whatsapp}/v23.0/${META.businessAccountId}/message_templates${query}`;
    return fetch(url, { headers: { authorization: `Bearer ${token}` } });
  };

  it('shows each language with its status and text', async () => {
    const { data } = JSON.parse(await (await list('?name=welcome&language=nl')).text());
    expect(data[0]).toMatchObject({
      name: 'welcome',
      language: 'nl',
      status: 'APPROVED',
      components: [{ type: 'BODY', text: 'Dag {{1}}, uw code is {{2}}.' }],
    });
  });

  it('is shown to nobody without a token', async () => {
    expect((await list('', 'wrong')).status).toBe(401);
  });
});
