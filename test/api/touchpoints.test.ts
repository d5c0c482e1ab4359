import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newEmail, newTelephone, startWith } from '../support/api-requests.ts';
import { type Api, startWorld, type World } from '../support/api-world.ts';

let world: World;
let api: Api;
beforeAll(async () => {
  world = await startWorld();
  api = world.createApi();
});
afterAll(() => world?.stop());

const several = (touchpoints: unknown, more: object = {}) => ({ text: 'Ready!', role: 'agent', touchpoints, ...more });
const start = (messages: object[], profile: object = { telephone: newTelephone(), email: newEmail() }) =>
  startWith(profile, { messages });

describe('a request with several touchpoints', () => {
  it('is accepted by the first that can be used, appended to, and shows those that are left', async () => {
    const request = start([several(['whatsapp', 'sms', 'email'])]);
    const { status, body } = await api.post('/v2/conversations', request);
    expect(status).toBe(201);
    const again = await api.post('/v2/conversations', { ...request, messages: [several(['email', 'sms'])] });
    expect(again.status).toBe(200);
    const shown = await Promise.all(
      [...body.messages, ...again.body.messages].map(async (id) => (await api.get(`/v2/messages/${id}`)).body),
    );
    expect(shown).toMatchObject([
      { touchpoint: 'sms', touchpoints: ['sms', 'email'], text: 'Ready!' },
      { touchpoint: 'email', touchpoints: ['email', 'sms'], text: 'Ready!' },
    ]);
  });

  it('says in a dry run by which one it would go, past one that the contact refused', async () => {
    const request = start([several(['sms', 'email'])]);
    const { body } = await api.post('/v2/conversations', request);
    const conversation = (await api.get(`/v2/conversations/${body.id}`)).body;
    await api.send({
      method: 'PUT',
      path: `/v2/contacts/${conversation.contact}/consent/sms`,
      headers: { authorization: `Bearer ${world.botToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ status: 'opted_out' }),
    });
    const dry = await api.post('/v2/conversations?dryRun=true', request);
    expect(dry.body.messages).toMatchObject([{ sends: true, touchpoint: 'email', service: { type: 'ses' } }]);
  });

  it.each<[string, unknown, object, string]>([
    ['holds none', [], {}, 'messages.0.touchpoints'],
    ['names one twice', ['sms', 'sms'], {}, 'messages.0.touchpoints'],
    ['names none that is known', ['pigeon'], {}, 'messages.0.touchpoints.0'],
    ['is no list', 'sms', {}, 'messages.0.touchpoints'],
    ['stands beside one', ['sms'], { touchpoint: 'sms' }, 'messages.0.touchpoints'],
    ['has none that reaches the contact', ['email'], {}, 'messages.0.touchpoints'],
  ])('is refused when it %s', async (_, touchpoints, more, path) => {
    const request = start([several(touchpoints, more)], { telephone: newTelephone() });
    const { status, body } = await api.post('/v2/conversations', request);
    expect([status, body.error.details[0].path]).toEqual([400, path]);
  });
});
