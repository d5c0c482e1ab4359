import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { META } from '../../infra/local/doubles/credentials.ts';
import { signMeta } from '../../infra/local/doubles/signatures.ts';
import { createTemplateManager } from '../../shared/providers/whatsapp/templates.ts';
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

describe('a person who hides their number', () => {
  const USER_ID = 'NL.13491208655302741918';
  const reply = (fields: object) =>
    stage.control('POST', 'reply', { touchpoint: 'whatsapp', to: PHONE.phoneNumberId, text: 'Hoi', ...fields });
  const named = () => stage.webhook.received.flatMap((call) => changeIn(call).messages ?? []);

  it('writes by Meta’s id of them, and is answered by it', async () => {
    await reply({ from: USER_ID });
    expect(named()).toMatchObject([{ from_user_id: USER_ID }]);
    expect(named()[0]).not.toHaveProperty('from');
    const response = await stage.whatsapp({ ...freeText('Dag'), to: undefined, recipient: USER_ID });
    expect(JSON.parse(await response.text())).toMatchObject({ contacts: [{ input: USER_ID, user_id: USER_ID }] });
    expect(await stage.outbox()).toMatchObject([{ to: USER_ID, text: 'Dag' }]);
  });

  it('has that id beside a number that is shown', async () => {
    await reply({ from: CONTACT, userId: USER_ID });
    expect(named()).toMatchObject([{ from: CONTACT.slice(1), from_user_id: USER_ID }]);
  });

  it('is not reached by what is no such id', async () => {
    const response = await stage.whatsapp({ ...freeText('Dag'), to: undefined, recipient: 'ana' });
    expect(await errorOf(response)).toMatchObject({ code: 131009 });
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

describe('the limits', () => {
  const refused = async () => JSON.parse(await (await stage.control('GET', 'refusals')).text());
  const codeOf = async (response: Response) => (response.status === 200 ? 0 : (await errorOf(response)).code);
  const send = async (to: string) => codeOf(await stage.whatsapp({ ...template('welcome', 'nl', ['a', 'b']), to }));
  const person = (index: number) => `+3164628${String(index).padStart(4, '0')}`;

  it('are 80 messages in any second from one number', async () => {
    for (let index = 0; index < 80; index += 1) expect(await send(person(index))).toBe(0);
    clock += 999;
    expect(await send(person(99))).toBe(130429);
    clock += 1;
    expect(await send(person(99))).toBe(0);
    expect(await refused()).toEqual({ 130429: 1 });
  });

  it('are one message in six seconds to one person, of which 45 may come at once', async () => {
    for (let index = 0; index < 45; index += 1) expect(await send(CONTACT)).toBe(0);
    expect(await send(CONTACT)).toBe(131056);
    clock += 5999;
    expect(await send(CONTACT)).toBe(131056);
    clock += 1;
    expect([await send(CONTACT), await send(CONTACT)]).toEqual([0, 131056]);
    expect(await send(person(1))).toBe(0);
  });

  it('can be set', async () => {
    await stage.control('PUT', 'limits', { pairBurst: 1, pairEveryMs: 100 });
    expect([await send(CONTACT), await send(CONTACT)]).toEqual([0, 131056]);
    clock += 100;
    expect(await send(CONTACT)).toBe(0);
    expect((await stage.control('PUT', 'limits', { pairBurst: 0 })).status).toBe(400);
  });

  it('count what is refused later too', async () => {
    await stage.whatsapp(freeText('x'));
    expect(await refused()).toEqual({ 131047: 1 });
  });
});

describe('a template of several parts', () => {
  const rich = {
    name: 'rich',
    language: 'nl',
    status: 'APPROVED',
    body: 'Dag {{who}}',
    components: [
      { type: 'HEADER', format: 'IMAGE' },
      { type: 'BODY', text: 'Dag {{who}}' },
      {
        type: 'BUTTONS',
        buttons: [
          { type: 'QUICK_REPLY', text: 'Ja' },
          { type: 'URL', text: 'Zie', url: 'https://a.nl/{{1}}' },
        ],
      },
    ],
  };
  const header = { type: 'header', parameters: [{ type: 'image', image: { link: 'https://a.nl/b.png' } }] };
  const body = { type: 'body', parameters: [{ type: 'text', parameter_name: 'who', text: 'Ana' }] };
  const button = { type: 'button', sub_type: 'url', index: '1', parameters: [{ type: 'text', text: 'x' }] };
  const parts = (...components: object[]) => ({
    type: 'template',
    template: { name: 'rich', language: { policy: 'deterministic', code: 'nl' }, components },
  });
  beforeEach(async () => {
    const number = { ...PHONE, accessToken: META.accessToken, appSecret: META.appSecret };
    await stage.control('PUT', 'senders', {
      whatsapp: [{ ...number, webhookUrl: `${stage.webhook.url}/meta`, templates: [rich] }],
    });
  });

  it('is filled in', async () => {
    expect((await stage.whatsapp(parts(header, body, button))).status).toBe(200);
    expect(await stage.outbox()).toMatchObject([{ text: 'Dag Ana' }]);
  });

  it.each<[string, object[], number]>([
    ['its picture', [body, button], 132012],
    ['its parameter', [header, button], 132000],
    ['the name of its parameter', [header, { ...body, parameters: [{ type: 'text', text: 'x' }] }, button], 100],
    ['what its button needs', [header, body], 131008],
    ['a button that it has', [header, body, button, { ...button, index: '2' }], 132000],
  ])('is refused without %s', async (_, components, code) =>
    expect(await errorOf(await stage.whatsapp(parts(...components)))).toMatchObject({ code }),
  );
});

describe('the management of templates', () => {
  const account = { id: META.businessAccountId, accessToken: META.accessToken };
  const TIMEOUT_MS = 2000;
  const manager = () => createTemplateManager({ baseUrl: stage.addresses.whatsapp });
  const draft = (name: string, more: object = {}) => ({
    name,
    language: 'nl',
    category: 'UTILITY',
    components: [{ type: 'BODY', text: 'Klaar' }],
    ...more,
  });
  const named = async (name: string) => {
    const listing = await manager().list(account, TIMEOUT_MS);
    return listing.done ? listing.value.templates.filter((template) => template.name === name) : [];
  };
  const decisions = () =>
    stage.webhook.received
      .map(({ body }) => JSON.parse(body.toString()).entry[0].changes[0])
      .filter(({ field }) => field === 'message_template_status_update')
      .map(({ value }) => [value.message_template_name, value.event, value.reason]);

  it('lists in pages, each language with its status and text', async () => {
    for (let index = 0; index < 30; index += 1) await manager().create(account, draft(`made_${index}`), TIMEOUT_MS);
    const url = `${stage.addresses.whatsapp}/v23.0/${account.id}/message_templates`;
    const page = await fetch(url, { headers: { authorization: `Bearer ${account.accessToken}` } });
    expect(JSON.parse(await page.text())).toMatchObject({ paging: { next: expect.stringContaining('after=') } });
    const listing = await manager().list(account, TIMEOUT_MS);
    expect(listing.done && listing.value.templates).toHaveLength(33);
    expect(await named('welcome')).toMatchObject([
      { language: 'nl', status: 'APPROVED', components: [{ type: 'BODY', text: 'Dag {{1}}, uw code is {{2}}.' }] },
      { language: 'pt_BR', status: 'PENDING' },
    ]);
  });

  it('makes one, which is approved after a while and then sends', async () => {
    const made = await manager().create(account, draft('ready'), TIMEOUT_MS);
    expect(made).toMatchObject({ done: true, value: { status: 'PENDING' } });
    expect(await errorOf(await stage.whatsapp(template('ready', 'nl', [])))).toMatchObject({ code: 132001 });
    await eventually(() => expect(decisions()).toEqual([['ready', 'APPROVED', 'NONE']]));
    expect((await stage.whatsapp(template('ready', 'nl', []))).status).toBe(200);
  });

  it.each([
    ['one that is there', draft('welcome')],
    ['a name with capitals', draft('Ready')],
    ['a category that is none', draft('ready', { category: 'FUN' })],
    ['variables without an example', draft('ready', { components: [{ type: 'BODY', text: '{{1}}' }] })],
  ])('does not make %s', async (_, wrong) =>
    expect(await manager().create(account, wrong, TIMEOUT_MS)).toMatchObject({ done: false, refused: true }),
  );

  it('changes one, which is reviewed again', async () => {
    const [{ id = '' } = {}] = await named('welcome');
    const components = [{ type: 'BODY', text: 'Nieuw' }];
    expect(await manager().change(account, id, { components }, TIMEOUT_MS)).toMatchObject({ done: true });
    expect((await named('welcome'))[0]).toMatchObject({ status: 'PENDING', components });
  });

  it('deletes one language of a name', async () => {
    const [{ id = '' } = {}] = await named('welcome');
    expect(await manager().remove(account, { name: 'welcome', id }, TIMEOUT_MS)).toMatchObject({ done: true });
    expect((await named('welcome')).map(({ language }) => language)).toEqual(['pt_BR']);
    expect(await manager().remove(account, { name: 'welcome', id }, TIMEOUT_MS)).toMatchObject({ refused: true });
  });

  it('tells what people decide there', async () => {
    const decision = { name: 'welcome', language: 'nl', event: 'PAUSED', reason: 'FIRST_PAUSE' };
    expect((await stage.control('POST', 'templates', decision)).status).toBe(204);
    expect(decisions()).toEqual([['welcome', 'PAUSED', 'FIRST_PAUSE']]);
    expect(await errorOf(await stage.whatsapp(template('welcome', 'nl', ['a', 'b'])))).toMatchObject({ code: 132015 });
    expect((await stage.control('POST', 'templates', { ...decision, name: 'nobody' })).status).toBe(400);
  });

  it('is closed to a wrong token, and to another account', async () => {
    const wrong = await manager().list({ ...account, accessToken: 'wrong' }, TIMEOUT_MS);
    expect(wrong).toMatchObject({ done: false, refused: false });
    expect(await manager().list({ ...account, id: '1' }, TIMEOUT_MS)).toMatchObject({ done: false });
  });
});
