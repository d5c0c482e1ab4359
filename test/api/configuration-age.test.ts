import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OrganizationSchema, ServiceSchema } from '../../shared/contracts/configuration.ts';
import { putOrganization, putService } from '../../shared/store/configuration.ts';
import { createTestClock, type TestClock } from '../support/api-clock.ts';
import { newEmail, newTelephone, smsMessage, startWith } from '../support/api-requests.ts';
import { ORGANIZATION } from '../support/api-seed.ts';
import { type Api, startWorld, type World } from '../support/api-world.ts';
import { newId } from '../support/builders.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world?.stop());

let clock: TestClock;
let api: Api;
let organization: string;
beforeEach(async () => {
  clock = createTestClock();
  api = world.createApi({ clock });
  organization = newId();
  const path = `${ORGANIZATION.root}#${organization}`;
  await putOrganization(world.table, OrganizationSchema.parse({ id: organization, name: 'Garage', path }));
  await putService(
    world.table,
    ServiceSchema.parse({ id: newId(), organization, type: 'ses', params: { from: 'garage@example.com' } }),
  );
});

/** By another function, which cannot tell this one. */
const makeSmsService = () =>
  putService(
    world.table,
    ServiceSchema.parse({
      id: newId(),
      organization,
      type: 'twilio',
      params: { accountSid: 'AC1', from: '+15550001111', secret: 'sms' },
    }),
  );
const start = (profile: object, more: object = {}) =>
  api.post('/v2/conversations', startWith(profile, { organization, ...more }));

describe('a service that was made after the configuration was read', () => {
  it('carries a start a second later, though the configuration is remembered for a minute', async () => {
    expect((await start({ email: newEmail() })).status).toBe(201);
    await makeSmsService();
    expect((await start({ telephone: newTelephone() })).status).toBe(400);
    clock.advance(1_000);
    expect((await start({ telephone: newTelephone() })).status).toBe(201);
  });

  it('carries what is added to a conversation', async () => {
    const profile = { email: newEmail(), telephone: newTelephone() };
    const { body } = await start(profile);
    await makeSmsService();
    clock.advance(1_000);
    const added = await api.post(`/v2/conversations/${body.id}/messages`, [smsMessage()]);
    expect(added.status).toBe(201);
  });

  it('can be switched to', async () => {
    const { body } = await start({ email: newEmail(), telephone: newTelephone() });
    await makeSmsService();
    clock.advance(1_000);
    const { status } = await api.send({
      method: 'PATCH',
      path: `/v2/conversations/${body.id}`,
      headers: { authorization: `Bearer ${world.botToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ touchpoint: 'sms' }),
    });
    expect(status).toBe(200);
  });
});
