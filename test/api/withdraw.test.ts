import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claim } from '../../shared/store/deliveries.ts';
import { locateMessage } from '../../shared/store/messages.ts';
import { createTestClock } from '../support/api-clock.ts';
import { emailMessage, newEmail } from '../support/api-requests.ts';
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

const HOUR = 3_600_000;

/** A conversation of one message that is due in an hour. */
async function startDelayed(): Promise<{ conversation: string; message: string }> {
  const { body } = await api.post('/v2/conversations', {
    organization: ORGANIZATION.shop,
    type: 'contact',
    contact: { profile: { email: newEmail() } },
    messages: [{ ...emailMessage(), delay: HOUR }],
  });
  return { conversation: body.id, message: body.messages[0] };
}

const send = (method: string, path: string, body?: unknown, token = world.botToken): Promise<Answer> =>
  api.send({
    method,
    path,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

const cancel = (message: string, token?: string) => send('DELETE', `/v2/messages/${message}`, undefined, token);
const move = (message: string, delay: unknown) => send('PATCH', `/v2/messages/${message}`, { delay });

const claimIt = async (message: string): Promise<boolean> => {
  const place = await locateMessage(world.table, message);
  if (!place) throw new Error('no such message');
  const by = { attempt: 0, token: 'a', now: clock.now() + 2 * HOUR, leaseMs: 45_000, due: clock.now() + HOUR };
  return (await claim(world.table, place, by)).changed;
};

describe('canceling a message', () => {
  it('answers 204, again too, and leaves a tombstone that nobody can claim', async () => {
    const { message } = await startDelayed();
    expect((await cancel(message)).status).toBe(204);
    expect((await cancel(message)).status).toBe(204);
    expect(await claimIt(message)).toBe(false);
    expect((await api.get(`/v2/messages/${message}`)).body.delivery.status).toBe('canceled');
  });

  it('loses cleanly against the claim', async () => {
    const { message } = await startDelayed();
    expect(await claimIt(message)).toBe(true);
    expect(await cancel(message)).toMatchObject({ status: 409, body: { error: { code: 'message_not_pending' } } });
  });

  it('wins or loses against a concurrent claim, never both', async () => {
    for (let round = 0; round < 20; round++) {
      const { message } = await startDelayed();
      const [{ status }, claimed] = await Promise.all([cancel(message), claimIt(message)]);
      expect([status, claimed]).toEqual(claimed ? [409, true] : [204, false]);
    }
  });

  it('wakes what waits behind it', async () => {
    const { conversation, message } = await startDelayed();
    await api.post(`/v2/conversations/${conversation}/messages`, { ...emailMessage('Behind'), delay: HOUR + 30_000 });
    clock.advance(HOUR);
    const before = await world.queueLength();
    await cancel(message);
    expect(await world.queueLength()).toBe(before + 1);
  });

  it('is 404 for an unknown message, and for one of an organization out of reach', async () => {
    const { message } = await startDelayed();
    expect((await cancel('ffffffffffffffffffffffff')).status).toBe(404);
    expect((await cancel(message, await world.token(USER.stranger, 'admin'))).status).toBe(404);
    expect(await claimIt(message)).toBe(true);
  });
});

describe('moving a message', () => {
  it('gives it another moment, counted from now, under the same id', async () => {
    const { conversation, message } = await startDelayed();
    const moved = await move(message, 2 * HOUR);
    expect(moved).toMatchObject({
      status: 200,
      body: { id: message, delay: 2 * HOUR, delivery: { status: 'queued' } },
    });
    expect((await api.get(`/v2/conversations/${conversation}`)).body.messages).toEqual([message]);
    expect((await api.get(`/v2/messages/${message}`)).body).toMatchObject({ id: message, delay: 2 * HOUR });
  });

  it('moves again, and is canceled where it went', async () => {
    const { message } = await startDelayed();
    await move(message, 2 * HOUR);
    await move(message, 3 * HOUR);
    expect((await cancel(message)).status).toBe(204);
    expect((await move(message, HOUR)).status).toBe(409);
  });

  it.for([[-1], [0.5], ['soon'], [2_592_000_001], [undefined]] as const)('refuses a delay of %s', async ([delay]) => {
    const { message } = await startDelayed();
    expect(await move(message, delay)).toMatchObject({
      status: 400,
      body: { error: { details: [{ path: 'delay' }] } },
    });
  });

  it('refuses to change anything else', async () => {
    const { message } = await startDelayed();
    expect((await send('PATCH', `/v2/messages/${message}`, { delay: 0, text: 'Other' })).status).toBe(400);
  });
});
