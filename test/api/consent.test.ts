import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claim, record } from '../../shared/store/deliveries.ts';
import { locateMessage } from '../../shared/store/messages.ts';
import { createTestClock } from '../support/api-clock.ts';
import { newEmail, newTelephone } from '../support/api-requests.ts';
import { ORGANIZATION, USER } from '../support/api-seed.ts';
import { type Answer, type Api, startWorld, type World } from '../support/api-world.ts';

let world: World;
let api: Api;
const clock = createTestClock();
beforeAll(async () => {
  world = await startWorld();
  api = world.createApi({ clock });
});
afterAll(() => world?.stop());

const person = () => ({ name: 'John Johnson', email: newEmail(), telephone: newTelephone() });
const start = async (profile: object = person()): Promise<Answer['body']> =>
  (
    await api.post('/v2/conversations', {
      organization: ORGANIZATION.shop,
      type: 'contact',
      contact: { profile },
      messages: [{ text: 'Hey there!', touchpoint: 'email' in profile ? 'email' : 'sms', role: 'agent' }],
    })
  ).body;

const send = (method: string, path: string, body?: object, token = world.botToken): Promise<Answer> =>
  api.send({
    method,
    path,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
const put = (contact: string, touchpoint: string, body: object, token?: string) =>
  send('PUT', `/v2/contacts/${contact}/consent/${touchpoint}`, body, token);
const forget = (contact: string, touchpoint: string) => send('DELETE', `/v2/contacts/${contact}/consent/${touchpoint}`);
const read = async (contact: string): Promise<Answer['body']> =>
  (await api.get(`/v2/contacts/${contact}/consent`)).body;

const OPEN = { status: 'opted_in', marketing: 'opted_in', grounds: [] };

describe('the consent of a contact', () => {
  it('is open at every touchpoint that they have an address for, before anything was said', async () => {
    const { contact } = await start();
    expect(await read(contact)).toEqual({ contact, consent: { email: OPEN, sms: OPEN, whatsapp: OPEN }, history: [] });
    const { contact: other } = await start({ telephone: newTelephone() });
    expect(Object.keys((await read(other)).consent)).toEqual(['sms', 'whatsapp']);
  });

  it('is changed at one touchpoint, and says why and by whom', async () => {
    const { contact } = await start();
    clock.advance(1_000);
    const since = new Date(clock.now()).toISOString();
    const stop = { ground: 'stop', since, source: 'api', reason: 'told us by telephone' };
    const answer = await put(contact, 'sms', { status: 'opted_out', reason: 'told us by telephone' });
    expect(answer).toMatchObject({ status: 200, body: { contact, touchpoint: 'sms', status: 'opted_out' } });
    const { consent, history } = await read(contact);
    expect(consent).toEqual({
      email: OPEN,
      sms: { status: 'opted_out', marketing: 'opted_out', grounds: [stop] },
      whatsapp: OPEN,
    });
    expect(history).toEqual([
      {
        touchpoint: 'sms',
        change: 'stop',
        source: 'api',
        reason: 'told us by telephone',
        by: USER.bot,
        storedAt: since,
        effective: true,
      },
    ]);
  });

  it('may end for marketing alone', async () => {
    const { contact } = await start();
    await put(contact, 'email', { status: 'opted_out', purpose: 'marketing' });
    expect((await read(contact)).consent.email).toMatchObject({ status: 'opted_in', marketing: 'opted_out' });
    await put(contact, 'email', { status: 'opted_in', purpose: 'marketing' });
    expect((await read(contact)).consent.email).toEqual(OPEN);
  });

  it('given anew takes back a stop and a stop of marketing, and keeps their history', async () => {
    const { contact } = await start();
    await put(contact, 'sms', { status: 'opted_out' });
    await put(contact, 'sms', { status: 'opted_out', purpose: 'marketing' });
    expect((await put(contact, 'sms', { status: 'opted_in' })).body).toMatchObject(OPEN);
    const { history } = await read(contact);
    expect(history.map(({ change }: { change: string }) => change).sort()).toEqual([
      'marketing_stop',
      'opted_in',
      'stop',
    ]);
  });

  it('is forgotten as often as asked, and can end again', async () => {
    const { contact } = await start();
    await put(contact, 'whatsapp', { status: 'opted_out' });
    expect((await forget(contact, 'whatsapp')).body).toMatchObject(OPEN);
    expect((await forget(contact, 'whatsapp')).status).toBe(200);
    await put(contact, 'whatsapp', { status: 'opted_out' });
    expect((await read(contact)).consent.whatsapp.status).toBe('opted_out');
  });

  it('outlives the contact: who comes back with the same address is still opted out', async () => {
    const profile = person();
    const { contact } = await start(profile);
    await put(contact, 'email', { status: 'opted_out' });
    const admin = await world.token(USER.admin, 'admin');
    expect((await send('DELETE', `/v2/contacts/${contact}`, undefined, admin)).status).toBe(200);
    const { contact: anew } = await start(profile);
    expect(anew).not.toBe(contact);
    expect((await read(anew)).consent.email.status).toBe('opted_out');
  });

  it('is that of the primary address: with a new one the contact is asked anew', async () => {
    const profile = person();
    const { contact } = await start(profile);
    await put(contact, 'email', { status: 'opted_out' });
    await start({ ...profile, email: newEmail() });
    expect((await read(contact)).consent.email).toEqual(OPEN);
  });
});

describe('an opt-out by the API', () => {
  it('is not answered while a message to the contact is on its way, and holds all the same', async () => {
    const { contact, messages } = await start();
    const place = await locateMessage(world.table, messages[0]);
    if (!place) throw new Error('no such message');
    const now = clock.now();
    await claim(world.table, place, { attempt: 0, token: 'a', now, leaseMs: 45_000, due: now });
    const answer = await put(contact, 'email', { status: 'opted_out' });
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5']);
    expect((await read(contact)).consent.email.status).toBe('opted_out');
    const receipt = { status: 'accepted', at: now } as const;
    await record(world.table, place, { token: 'a', now }, { state: 'sent', providerId: 'x', receipt });
    expect((await put(contact, 'email', { status: 'opted_out' })).status).toBe(200);
  });
});

describe('a request about consent', () => {
  it.each<[object, string]>([
    [{}, 'status'],
    [{ status: 'out' }, 'status'],
    [{ status: 'opted_out', purpose: 'sales' }, 'purpose'],
    [{ status: 'opted_out', reason: '' }, 'reason'],
    [{ status: 'opted_out', reason: 'x'.repeat(257) }, 'reason'],
    [{ status: 'opted_out', reason: 7 }, 'reason'],
  ])('%j is refused, naming what is wrong', async (body, path) => {
    const { contact } = await start();
    const answer = await put(contact, 'sms', body);
    expect([answer.status, answer.body.error.details[0].path]).toEqual([400, path]);
    expect((await read(contact)).history).toEqual([]);
  });

  it('names a touchpoint that the contact has an address for', async () => {
    const { contact } = await start({ telephone: newTelephone() });
    const answer = await put(contact, 'email', { status: 'opted_out' });
    expect([answer.status, answer.body.error.code]).toEqual([400, 'touchpoint_unavailable']);
    expect((await put(contact, 'pigeon', { status: 'opted_out' })).status).toBe(404);
  });

  it('is 404 for a contact that is unknown or out of reach, and needs the scope bot', async () => {
    const { contact } = await start();
    const stranger = await world.token(USER.stranger, 'admin');
    const agent = await world.token(USER.agent, 'agent');
    expect((await put('ffffffffffffffffffffffff', 'sms', { status: 'opted_out' })).status).toBe(404);
    expect((await put(contact, 'sms', { status: 'opted_out' }, stranger)).status).toBe(404);
    expect((await api.get(`/v2/contacts/${contact}/consent`, stranger)).status).toBe(404);
    expect((await put(contact, 'sms', { status: 'opted_out' }, agent)).status).toBe(403);
    expect((await read(contact)).history).toEqual([]);
  });
});
