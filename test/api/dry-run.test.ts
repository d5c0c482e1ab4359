import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConsentChange, ConsentChangeKind } from '../../shared/domain/consent.ts';
import type { Touchpoint } from '../../shared/domain/touchpoint.ts';
import { changeConsent } from '../../shared/store/consent.ts';
import { exists } from '../../shared/store/expression.ts';
import { conversationKey, dueOf } from '../../shared/store/keys.ts';
import { updateItem } from '../../shared/store/table.ts';
import { createTestClock } from '../support/api-clock.ts';
import { emailMessage, newEmail, newTelephone, smsMessage, startRequest, startWith } from '../support/api-requests.ts';
import { ORGANIZATION, SERVICE, USER } from '../support/api-seed.ts';
import { type Answer, type Api, startWorld, type World } from '../support/api-world.ts';

let world: World;
let api: Api;
const clock = createTestClock();
beforeAll(async () => {
  world = await startWorld();
  api = world.createApi({ clock });
});
afterAll(() => world?.stop());
beforeEach(() => clock.advance(1000));

// biome-ignore lint/suspicious/noExplicitAny: requests are what a client may send, wrong ones too
type Json = any;

const CONVERSATIONS = '/v2/conversations';
const HOUR_MS = 3_600_000;

const COUNTED = ['ConversationStarted', 'MessageAccepted', 'EnqueueFailed'] as const;

/** Everything that a request could leave behind. */
async function traces() {
  const items = await world.items();
  const counted = COUNTED.map((metric) => api.observer.counted(metric));
  const byKey = Object.fromEntries(items.map((item) => [`${item.pk} ${item.sk}`, item]));
  return { items: byKey, queue: await world.queueLength(), counted };
}

/** Asks what a request would do, and makes sure that it does nothing. */
async function dry(body: Json, headers: Record<string, string> = {}, path = CONVERSATIONS): Promise<Answer> {
  const before = await traces();
  const answer = await api.post(`${path}?dryRun=true`, body, headers);
  expect(await traces()).toEqual(before);
  return answer;
}

const post = (body: Json, headers: Record<string, string> = {}) => api.post(CONVERSATIONS, body, headers);

const byWhatsapp = (meta: Json, more: Json = {}) => ({
  text: 'Hello',
  role: 'agent',
  touchpoint: 'whatsapp',
  meta,
  ...more,
});
const sms = (telephone: string, messages: Json[] = [smsMessage()]) => startWith({ telephone }, { messages });

describe('a dry run for a person who is new', () => {
  it('says that contact and conversation would be made, and what would be sent by what and when', async () => {
    const messages = [emailMessage('Hello John'), { ...emailMessage('And later'), delay: 5_000 }];
    const { status, body } = await dry(startRequest({ messages }));
    expect(status).toBe(200);
    const sent = (text: string, delay: number) => ({
      type: 'chat',
      role: 'agent',
      touchpoint: 'email',
      text,
      due: new Date(clock.now() + delay).toISOString(),
      service: { id: SERVICE.email, type: 'ses' },
      sends: true,
    });
    expect(body).toEqual({
      dryRun: true,
      status: 201,
      contact: { found: false },
      conversation: { found: false },
      messages: [sent('Hello John', 0), sent('And later', 5_000)],
    });
  });

  it('names the template, in the language that is chosen, and the text that the contact reads', async () => {
    const template = byWhatsapp({ template: 'appointment', parameters: ['John', 'dinsdag'] });
    const { body } = await dry(sms(newTelephone(), [template]));
    expect(body.messages).toEqual([
      expect.objectContaining({
        touchpoint: 'whatsapp',
        service: { id: SERVICE.whatsapp, type: 'whatsapp' },
        template: { name: 'appointment', language: 'nl' },
        text: 'Beste John, tot dinsdag.',
        sends: true,
      }),
    ]);
  });

  it('leaves them new', async () => {
    const request = sms(newTelephone());
    await dry(request);
    expect((await dry(request)).body.contact).toEqual({ found: false });
    expect((await post(request)).status).toBe(201);
  });
});

describe('a dry run for a person who is known', () => {
  it('names their contact and conversation', async () => {
    const email = newEmail();
    const { body: known } = await post(startWith({ email }));
    const { status, body } = await dry(startWith({ email, telephone: newTelephone() }, { messages: [smsMessage()] }));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 200,
      contact: { found: true, id: known.contact },
      conversation: { found: true, id: known.id, status: 'queued' },
      messages: [{ touchpoint: 'sms', service: { id: SERVICE.sms, type: 'twilio' }, sends: true }],
    });
  });

  it('attaches no identifier that they bring', async () => {
    const email = newEmail();
    const telephone = newTelephone();
    await post(startWith({ email }));
    await dry(startWith({ email, telephone }));
    expect((await dry(sms(telephone))).body.contact).toEqual({ found: false });
  });

  it('names the other contact where the identifiers belong to two', async () => {
    const [email, telephone] = [newEmail(), newTelephone()];
    const { body: one } = await post(startWith({ email }));
    const { body: other } = await post(sms(telephone));
    const { body, headers } = await dry(startWith({ email, telephone }));
    expect(body.contact).toEqual({ found: true, id: one.contact });
    expect(headers['x-identifier-conflict']).toBe(other.contact);
  });
});

describe('a dry run of an append', () => {
  const known = async () => (await post(sms(newTelephone()))).body;

  it('takes the touchpoint in force', async () => {
    const { id, contact } = await known();
    const { status, body } = await dry({ id, messages: [{ text: 'More', role: 'agent' }] });
    expect([status, body.status, body.contact]).toEqual([200, 200, { found: true, id: contact }]);
    expect(body.messages).toMatchObject([{ text: 'More', touchpoint: 'sms', sends: true }]);
  });

  it('is there for the messages endpoint too', async () => {
    const { id } = await known();
    const { status, body } = await dry(smsMessage('One'), {}, `${CONVERSATIONS}/${id}/messages`);
    expect([status, body.status]).toEqual([200, 201]);
    expect(body.messages).toMatchObject([{ text: 'One', sends: true }]);
  });
});

describe('a message that would not be sent', () => {
  const reasons = (body: Json) => body.messages.map(({ sends, reason }: Json) => [sends, reason?.code]);
  const reach = (touchpoint: Touchpoint, matchKey: string) => ({
    organization: ORGANIZATION.shop,
    touchpoint,
    matchKey,
  });
  const change = (touchpoint: Touchpoint, address: string, kind: ConsentChangeKind) => {
    const told: ConsentChange = { kind, source: 'provider', reason: 'told' };
    return changeConsent(api.parts, reach(touchpoint, address), told);
  };

  it.each<[ConsentChangeKind, string]>([
    ['stop', 'opted_out'],
    ['complaint', 'complained'],
    ['bounce', 'address_unusable'],
  ])('has the ground of the refusal: %s', async (kind, code) => {
    const telephone = newTelephone();
    await change('sms', telephone, kind);
    const { body } = await dry(sms(telephone));
    expect(reasons(body)).toEqual([[false, code]]);
    expect(body.messages[0]).toMatchObject({ service: { id: SERVICE.sms }, text: 'Hey there.' });
  });

  it('is marketing alone, where that alone is refused', async () => {
    const telephone = newTelephone();
    await change('sms', telephone, 'marketing_stop');
    const messages = [smsMessage(), { ...smsMessage(), meta: { purpose: 'marketing' } }];
    expect(reasons((await dry(sms(telephone, messages))).body)).toEqual([
      [true, undefined],
      [false, 'marketing_opted_out'],
    ]);
  });

  it('is free text by WhatsApp whose moment comes when the window is over', async () => {
    const { body: started } = await post(sms(newTelephone()));
    const window = { windowAt: clock.now() - HOUR_MS, windowBy: SERVICE.whatsapp };
    const set = { ...window, 'services.whatsapp': [SERVICE.whatsapp] };
    await updateItem(world.table, conversationKey(started.id), { set }, exists('pk'));
    const messages = [byWhatsapp(undefined), byWhatsapp(undefined, { delay: 24 * HOUR_MS })];
    const { body } = await dry({ id: started.id, messages });
    expect(reasons(body)).toEqual([
      [true, undefined],
      [false, 'window_closed'],
    ]);
  });

  it('goes as its fallback template then, if it has one', async () => {
    const { body: started } = await post(sms(newTelephone()));
    const set = { windowAt: clock.now(), windowBy: SERVICE.whatsapp, 'services.whatsapp': [SERVICE.whatsapp] };
    await updateItem(world.table, conversationKey(started.id), { set }, exists('pk'));
    const message = byWhatsapp({ fallbackTemplate: 'your_car_is_ready' });
    const { body } = await dry({ id: started.id, messages: [message, { ...message, delay: 25 * HOUR_MS }] });
    expect(body.messages).toMatchObject([
      { text: 'Hello', sends: true },
      { text: 'Uw auto staat klaar!', template: { name: 'your_car_is_ready', language: 'nl' }, sends: true },
    ]);
    expect(body.messages[0].template).toBeUndefined();
  });

  it('has no service, where the one that the conversation used is not active any more', async () => {
    const profile = { email: newEmail(), telephone: '+31612345678' };
    const { body: started } = await post(startWith(profile, { organization: ORGANIZATION.bare }));
    const set = { 'services.sms': ['5b6f8a73623a375f28a53807'] };
    await updateItem(world.table, conversationKey(started.id), { set }, exists('pk'));
    const request = { id: started.id, messages: [smsMessage()] };
    const { status, body } = await dry(request);
    expect([status, reasons(body)]).toEqual([200, [[false, 'no_service']]]);
    expect((await post(request)).status).toBe(200);
    // Under a key the request is judged by what there is, and refused.
    const refused = await post(request, { 'idempotency-key': 'dry-no-service' });
    const foreseen = await dry(request, { 'idempotency-key': 'dry-no-service' });
    expect([foreseen.status, foreseen.body]).toEqual([400, refused.body]);
  });

  it('is none to the contact: a command, a bot’s, one behind the scenes, one of the contact', async () => {
    const messages = [
      smsMessage(),
      { text: '/leave', type: 'command' },
      { text: '/dance', type: 'command' },
      { text: 'For agents', role: 'bot' },
      { text: 'Between us', role: 'agent', isBackchannel: true },
      { text: 'I said', role: 'contact' },
    ];
    expect(reasons((await dry(sms(newTelephone(), messages))).body)).toEqual([
      [true, undefined],
      [false, 'not_delivered'],
      [false, 'unknown_command'],
      [false, 'not_delivered'],
      [false, 'not_delivered'],
      [false, 'not_delivered'],
    ]);
  });
});

describe('a request that came before', () => {
  it('would be answered again under its key, with nothing added', async () => {
    const request = startRequest();
    const key = { 'idempotency-key': 'dry-replay' };
    const { body: first } = await post(request, key);
    const { status, headers, body } = await dry(request, key);
    expect([status, headers['idempotency-replayed'], body.status]).toEqual([200, 'true', 201]);
    expect(body.conversation.id).toBe(first.id);
    expect(body.messages).toMatchObject([{ id: first.messages[0], sends: false, reason: { code: 'repeated' } }]);
    const other = await dry(startRequest(), key);
    expect([other.status, other.body.error.code]).toEqual([422, 'idempotency_key_reused']);
  });

  it('leaves a key free that only a dry run had', async () => {
    const key = { 'idempotency-key': 'dry-only' };
    await dry(startRequest(), key);
    expect((await post(startRequest(), key)).status).toBe(201);
  });

  it('adds no message whose clientId is used, and says which has it', async () => {
    const named = { ...smsMessage('First'), clientId: 'one' };
    const { body: started } = await post(sms(newTelephone(), [named]));
    const messages = [
      { ...named, text: 'Again' },
      { ...smsMessage('New'), clientId: 'two' },
    ];
    const { body } = await dry({ id: started.id, messages });
    expect(body.messages).toMatchObject([
      { id: started.messages[0], clientId: 'one', text: 'First', sends: false, reason: { code: 'repeated' } },
      { clientId: 'two', text: 'New', sends: true },
    ]);
    expect(body.messages[1].id).toBeUndefined();
  });
});

describe('a request that is refused', () => {
  it.each<[string, () => Json]>([
    ['without an outbound message', () => startRequest({ messages: [{ text: 'x' }] })],
    ['without an identifier', () => startWith({ name: 'Nobody' })],
    ['with a wrong telephone', () => sms('12')],
    ['for an organization out of reach', () => startRequest({ organization: ORGANIZATION.other })],
    ['for a touchpoint without its identifier', () => startWith({ email: newEmail() }, { messages: [smsMessage()] })],
    ['for a touchpoint without a service', () => ({ ...sms('+31612345679'), organization: ORGANIZATION.bare })],
    ['for free text outside the window', () => sms(newTelephone(), [byWhatsapp(undefined)])],
    ['for a template that is not there', () => sms(newTelephone(), [byWhatsapp({ template: 'nope' })])],
    ['for a template in review', () => sms(newTelephone(), [byWhatsapp({ template: 'draft_only' })])],
    ['for a sender of elsewhere', () => startRequest({ messages: [{ ...emailMessage(), user: USER.stranger }] })],
    ['with a field that is wrong', () => startRequest({ messages: [{ ...emailMessage(), delay: -1 }] })],
    ['for a conversation that is not there', () => ({ id: '66c3ed372a33131f1b4b0000', messages: [emailMessage()] })],
    ['without a touchpoint anywhere', () => startRequest({ messages: [{ text: 'x', role: 'agent' }] })],
  ])('is refused the same: %s', async (_what, make) => {
    const request = make();
    const foreseen = await dry(request);
    const real = await post(request);
    expect(real.status).toBeGreaterThanOrEqual(400);
    expect([foreseen.status, foreseen.body]).toEqual([real.status, real.body]);
  });

  it.each<[string, Json]>([
    ['free text by WhatsApp outside the window', byWhatsapp(undefined)],
    ['a touchpoint without its identifier', emailMessage()],
  ])('is refused the same in a conversation that is there: %s', async (_what, message) => {
    const { body: started } = await post(sms(newTelephone()));
    const request = { id: started.id, messages: [message] };
    const foreseen = await dry(request);
    expect(foreseen.status).toBe(400);
    expect(foreseen.body).toEqual((await post(request)).body);
  });

  it('is refused the same where an organization wants no two contacts', async () => {
    const [email, telephone] = [newEmail(), newTelephone()];
    const organization = ORGANIZATION.strict;
    await post(startWith({ email }, { organization }));
    await post(startWith({ telephone }, { organization }));
    const both = startWith({ email, telephone }, { organization });
    const foreseen = await dry(both);
    expect(foreseen.status).toBe(409);
    expect(foreseen.body).toEqual((await post(both)).body);
  });

  it('needs the scope of the request itself', async () => {
    const authorization = `Bearer ${await world.token(USER.guest, 'guest')}`;
    const foreseen = await dry(startRequest(), { authorization });
    expect(foreseen.status).toBe(403);
    expect(foreseen.body).toEqual((await post(startRequest(), { authorization })).body);
  });
});

describe('the parameter dryRun', () => {
  it.each(['yes', '1', '', 'TRUE', 'true,false'])('is refused when it is neither true nor false: %j', async (value) => {
    const before = await traces();
    const { status, body } = await api.post(`${CONVERSATIONS}?dryRun=${value}`, startRequest());
    expect([status, body.error.details]).toEqual([400, [{ path: 'dryRun', message: 'must be true or false' }]]);
    expect(await traces()).toEqual(before);
  });

  it('may be written in any case, and says nothing when it is false', async () => {
    const before = await traces();
    expect((await api.post(`${CONVERSATIONS}?dryrun=true`, startRequest())).status).toBe(200);
    expect(await traces()).toEqual(before);
    expect((await api.post(`${CONVERSATIONS}?dryRun=false`, startRequest())).status).toBe(201);
  });
});

describe('what was foreseen', () => {
  const email = newEmail();
  const telephone = newTelephone();
  const template = byWhatsapp({ template: 'your_car_is_ready', language: 'de' });
  it.each<[string, Json]>([
    ['somebody new', startWith({ email }, { messages: [emailMessage(), { text: 'Inherits', role: 'agent' }] })],
    ['somebody known', startWith({ email }, { messages: [emailMessage('Again')] })],
    ['another identifier', startWith({ email, telephone }, { messages: [smsMessage()] })],
    ['a template', startWith({ telephone }, { messages: [template, { text: '/leave', type: 'command', delay: 50 }] })],
    ['a long text', startWith({ email }, { messages: [emailMessage('x'.repeat(3_000))] })],
  ])('is what the same request then does: %s', async (_what, request) => {
    const foreseen = (await dry(request)).body;
    const { status, body } = await post(request);
    expect(foreseen.status).toBe(status);
    expect(foreseen.conversation.id ?? body.id).toBe(body.id);
    expect(foreseen.contact.id ?? body.contact).toBe(body.contact);
    const { body: read } = await api.get(`${CONVERSATIONS}/${body.id}?populate=messages`);
    const shown = ({ text, touchpoint, type, role }: Json) => ({ text, touchpoint, type, role });
    const stored = read.messages.filter(({ id }: Json) => body.messages.includes(id));
    expect(foreseen.messages.map(shown)).toEqual(stored.map(shown));
    const keys = (await world.items()).filter(({ id }) => body.messages.includes(id)).map(({ sk }) => String(sk));
    expect(foreseen.messages.map(({ due }: Json) => Date.parse(due))).toEqual(keys.map(dueOf).sort());
  });
});
