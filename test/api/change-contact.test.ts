import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { claim } from '../../shared/store/deliveries.ts';
import { locateMessage } from '../../shared/store/messages.ts';
import { createTestClock, slowClock, type TestClock } from '../support/api-clock.ts';
import { createInterleaving } from '../support/api-interleave.ts';
import { chooseSeed, createRandom } from '../support/api-random.ts';
import { emailMessage, newEmail, newTelephone, smsMessage, startWith } from '../support/api-requests.ts';
import { ORGANIZATION, USER } from '../support/api-seed.ts';
import { permutations } from '../support/api-serial.ts';
import { type Answer, type Api, startWorld, type World } from '../support/api-world.ts';

let world: World;
let api: Api;
let clock: TestClock;
beforeAll(async () => {
  world = await startWorld();
});
beforeEach(() => {
  clock = createTestClock();
  api = world.createApi({ clock });
});
afterAll(() => world?.stop());

// biome-ignore lint/suspicious/noExplicitAny: requests and answers are read as a client would
type Json = any;

const send = (method: string, path: string, body: Json, { by = api, token = world.botToken } = {}): Promise<Answer> =>
  by.send({
    method,
    path,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const patch = (contact: string, body: Json, token?: string) =>
  send('PATCH', `/v2/contacts/${contact}`, body, { ...(token && { token }) });
const start = async (profile: Json): Promise<Json> => (await api.post('/v2/conversations', startWith(profile))).body;
/** Whose an address is: the conversation that a start by it comes to, or `new`. */
const finds = async (profile: Json): Promise<string> => {
  const answer = await api.post('/v2/conversations?dryRun=true', startWith(profile));
  return answer.body.conversation.id ?? 'new';
};
const identitiesOf = async (conversation: string): Promise<number> =>
  (await world.items()).filter(
    ({ pk, sk, conversation: owner }) => String(pk).startsWith('I#') && sk === '@' && owner === conversation,
  ).length;

describe('PATCH /v2/contacts/{id}', () => {
  it('replaces the profile whole, and keeps meta, unless it is named too', async () => {
    const profile = { name: 'John', givenName: 'J', email: newEmail(), telephone: newTelephone() };
    const { contact } = await start(profile);
    const { status, body } = await patch(contact, { meta: { plan: 'gold' } });
    expect([status, body.meta, body.profile]).toEqual([200, { plan: 'gold' }, profile]);
    const { name: _left, ...rest } = profile;
    const changed = await patch(contact, { profile: { ...rest, locale: 'nl' } });
    expect(changed.body).toMatchObject({ id: contact, meta: { plan: 'gold' } });
    expect(changed.body.profile).toEqual({ ...rest, locale: 'nl' });
    expect((await patch(contact, { meta: null })).body).not.toHaveProperty('meta');
    expect((await api.get(`/v2/contacts/${contact}`)).body).toEqual((await patch(contact, {})).body);
  });

  it('moves an identifier: the new one finds the contact, the old one is free', async () => {
    const [old, telephone, email] = [newEmail(), newTelephone(), newEmail()];
    const { id, contact } = await start({ email: old, telephone });
    expect((await patch(contact, { profile: { email, telephone } })).body.profile).toEqual({ email, telephone });
    expect([await finds({ email: old }), await finds({ email }), await finds({ telephone })]).toEqual(['new', id, id]);
    const { body } = await api.post(`/v2/conversations/${id}/messages`, emailMessage());
    expect(body.touchpoint).toBe('email');
  });

  it('keeps an address that was the primary one before, until there is none of its kind', async () => {
    const [alias, email, telephone] = [newEmail(), newEmail(), newTelephone()];
    const { id, contact } = await start({ email: alias, telephone });
    await start({ email, telephone });
    await patch(contact, { profile: { name: 'New', email, telephone } });
    expect([await finds({ email: alias }), await finds({ email })]).toEqual([id, id]);
    await patch(contact, { profile: { telephone } });
    expect([await finds({ email: alias }), await finds({ email }), await finds({ telephone })]).toEqual([
      'new',
      'new',
      id,
    ]);
    expect(await identitiesOf(id)).toBe(1);
  });

  it('takes an alias of the contact’s own as the primary one', async () => {
    const [alias, email] = [newEmail(), newEmail()];
    const telephone = newTelephone();
    const { id, contact } = await start({ email: alias, telephone });
    await start({ email, telephone });
    expect((await patch(contact, { profile: { email: alias, telephone } })).body.profile.email).toBe(alias);
    expect([await finds({ email: alias }), await finds({ email })]).toEqual([id, 'new']);
  });

  it('without an address for the touchpoint in force leaves none in force', async () => {
    const [email, telephone] = [newEmail(), newTelephone()];
    const { body } = await api.post('/v2/conversations', startWith({ email, telephone }, { messages: [smsMessage()] }));
    await patch(body.contact, { profile: { email } });
    const say = (fields: Json) =>
      api.post(`/v2/conversations/${body.id}/messages`, { text: 'x', role: 'agent', ...fields });
    expect((await say({})).body.error.code).toBe('touchpoint_required');
    expect((await say({ touchpoint: 'sms' })).body.error.code).toBe('touchpoint_unavailable');
    expect((await say({ touchpoint: 'email' })).status).toBe(201);
  });

  it('never takes what another contact has: 409 names them, and nothing changes', async () => {
    const [email, telephone] = [newEmail(), newTelephone()];
    const other = await start({ email });
    const { id, contact } = await start({ telephone });
    const { status, body } = await patch(contact, { profile: { email, telephone, name: 'x' } });
    expect([status, body.error.code]).toEqual([409, 'identifier_taken']);
    expect(body.error.details).toEqual([{ path: 'profile.email', message: expect.stringContaining(other.contact) }]);
    expect((await api.get(`/v2/contacts/${contact}`)).body.profile).toEqual({ telephone });
    expect([await finds({ email }), await finds({ telephone })]).toEqual([other.id, id]);
  });

  it.each<[string, Json, string, string]>([
    ['no identifier left', { profile: { name: 'x' } }, 'identifier_required', 'profile.email'],
    ['no address', { profile: { email: 'nobody' } }, 'invalid_request', 'profile.email'],
    ['no number', { profile: { telephone: '12' } }, 'invalid_request', 'profile.telephone'],
    ['no profile', { profile: 'x' }, 'invalid_request', 'profile'],
    ['nested meta', { meta: { a: { b: 1 } } }, 'invalid_request', 'meta.a'],
  ])('refuses %s', async (_what, body, code, path) => {
    const { contact } = await start({ email: newEmail() });
    const answer = await patch(contact, body);
    expect([answer.status, answer.body.error.code, answer.body.error.details[0].path]).toEqual([400, code, path]);
  });

  it('finds nothing out of reach, and no neighbour of a team’s conversation', async () => {
    const { contact } = await start({ email: newEmail() });
    const stranger = await world.token(USER.stranger, 'admin');
    expect((await patch(contact, { meta: {} }, stranger)).status).toBe(404);
    expect((await patch('ffffffffffffffffffffffff', { meta: {} })).status).toBe(404);
    expect((await patch(contact, { meta: {} }, await world.token(USER.agent, 'agent'))).status).toBe(403);
  });
});

describe('POST /v2/contacts', () => {
  const create = (body: Json, headers: Record<string, string> = {}) =>
    api.post('/v2/contacts', { organization: ORGANIZATION.shop, ...body }, headers);

  it('creates somebody with a closed conversation without messages, once', async () => {
    const profile = { name: 'John', email: newEmail(), telephone: newTelephone() };
    const { status, body } = await create({ profile, meta: { plan: 'gold' } });
    expect(status).toBe(201);
    expect(body).toMatchObject({ organization: ORGANIZATION.shop, profile, meta: { plan: 'gold' } });
    const conversation = (await api.get(`/v2/conversations/${body.conversation}`)).body;
    expect(conversation).toMatchObject({ status: 'closed', contact: body.id, participants: [], messages: [] });
    const again = await create({ profile: { email: profile.email, locale: 'nl' } });
    expect([again.status, again.body.id, again.body.profile]).toEqual([200, body.id, { ...profile, locale: 'nl' }]);
    const started = await api.post('/v2/conversations', startWith(profile));
    expect([started.status, started.body.id]).toEqual([200, body.conversation]);
  });

  it('attaches what is free, and tells of two contacts', async () => {
    const [email, telephone] = [newEmail(), newTelephone()];
    const { body } = await create({ profile: { email } });
    expect((await create({ profile: { email, telephone } })).body.id).toBe(body.id);
    expect(await finds({ telephone })).toBe(body.conversation);
    const other = await create({ profile: { email: newEmail() } });
    const both = await create({ profile: { email: other.body.profile.email, telephone } });
    expect([both.status, both.body.id, both.headers['x-identifier-conflict']]).toEqual([200, body.id, other.body.id]);
  });

  it('is repeated safely under an Idempotency-Key', async () => {
    const profile = { email: newEmail() };
    const answers = [];
    for (let time = 0; time < 2; time++) answers.push(await create({ profile }, { 'idempotency-key': 'contact-1' }));
    expect(answers.map(({ status, headers }) => [status, headers['idempotency-replayed']])).toEqual([
      [201, undefined],
      [201, 'true'],
    ]);
    expect(answers[0]?.body.id).toBe(answers[1]?.body.id);
  });

  it('refuses nobody, and what is no person', async () => {
    expect((await create({ profile: { name: 'x' } })).body.error.code).toBe('identifier_required');
    expect((await create({})).status).toBe(400);
    expect((await create({ organization: ORGANIZATION.other, profile: { email: newEmail() } })).status).toBe(404);
  });
});

describe('an opt-out by API', () => {
  it('waits for what is on its way to the address for a contact who moved away from it', async () => {
    const [email, telephone] = [newEmail(), newTelephone()];
    const { body } = await api.post('/v2/conversations', startWith({ email, telephone }));
    const place = await locateMessage(world.table, body.messages[0]);
    if (!place) throw new Error('The message is nowhere.');
    await claim(world.table, place, { attempt: 0, token: 't', now: clock.now(), leaseMs: 60_000, due: clock.now() });
    await patch(body.contact, { profile: { telephone } });
    const { contact } = await start({ email });
    const path = `/v2/contacts/${contact}/consent/email`;
    expect((await send('PUT', path, { status: 'opted_out' })).status).toBe(503);
    clock.advance(60_000);
    expect((await send('PUT', path, { status: 'opted_out' })).status).toBe(200);
  });
});

describe('a PATCH among starts', () => {
  const ROUNDS = 60;
  type Name = 'move' | 'by old' | 'by new' | 'by both' | 'again';
  interface Contact {
    readonly name: string;
    readonly owned: Set<string>;
    primary: string | undefined;
  }

  /** What the contract says of these requests, one after the other. */
  function inTurn(order: readonly Name[]): string {
    const first: Contact = { name: 'first', owned: new Set(['old', 'telephone']), primary: 'old' };
    const contacts = [first];
    const ownerOf = (address: string) => contacts.find(({ owned }) => owned.has(address));
    const answers: Record<string, string> = {};
    const come = (name: Name, address: string, owner = ownerOf(address)) => {
      answers[name] = owner ? `200 ${owner.name}` : `201 ${address}`;
      const contact = owner ?? { name: address, owned: new Set<string>(), primary: undefined };
      if (!owner) contacts.push(contact);
      contact.owned.add(address);
      contact.primary = address;
    };
    const move = (name: Name, to: string) => {
      const isTaken = ownerOf(to) !== undefined && ownerOf(to) !== first;
      answers[name] = isTaken ? '409' : '200';
      if (isTaken) return;
      if (first.primary !== undefined && first.primary !== to) first.owned.delete(first.primary);
      first.owned.add(to);
      first.primary = to;
    };
    const play: Record<Name, () => void> = {
      move: () => move('move', 'new'),
      again: () => move('again', 'third'),
      'by old': () => come('by old', 'old'),
      'by new': () => come('by new', 'new'),
      // By email to an address that somebody else has, it is for them.
      'by both': () => come('by both', 'new', ownerOf('new') ?? first),
    };
    for (const name of order) play[name]();
    const owners = ['old', 'new', 'third'].map((address) => `${address}: ${ownerOf(address)?.name ?? 'nobody'}`);
    const answered = Object.entries(answers).map(([name, answer]) => `${name}: ${answer}`);
    return [...answered.sort(), ...owners, `primary: ${first.primary}`].join(', ');
  }

  it('ends as one after the other would, in some order, and no contact is told of an address that is not theirs', {
    timeout: 240_000,
  }, async () => {
    const seed = chooseSeed();
    console.log(`Moves of seed ${seed}; repeat with OVERTURE_TEST_SEED=${seed}.`);
    const random = createRandom(seed);
    const interleaving = createInterleaving(random);
    const environments = [0, 1, 2, 3].map(() => world.createApi({ clock: slowClock(0) }));
    for (const { documents } of environments) interleaving.join(documents);
    const sets: Name[][] = [
      ['move', 'by old'],
      ['move', 'by new'],
      ['move', 'by old', 'by new'],
      ['move', 'by both', 'by old'],
      ['move', 'by both', 'by new', 'by old'],
      ['move', 'again', 'by old', 'by new'],
    ];
    for (let round = 0; round < ROUNDS; round++) {
      const names = sets[round % sets.length] ?? [];
      const address: Record<string, string> = { old: newEmail(), new: newEmail(), third: newEmail() };
      const telephone = newTelephone();
      const first = await start({ email: address.old, telephone });
      const starting = (by: Api, profile: Json) => by.post('/v2/conversations', startWith(profile));
      const moving = (by: Api, to: string) =>
        send('PATCH', `/v2/contacts/${first.contact}`, { profile: { email: address[to], telephone } }, { by });
      const ask: Record<Name, (by: Api) => Promise<Answer>> = {
        move: (by) => moving(by, 'new'),
        again: (by) => moving(by, 'third'),
        'by old': (by) => starting(by, { email: address.old }),
        'by new': (by) => starting(by, { email: address.new }),
        'by both': (by) => starting(by, { email: address.new, telephone }),
      };
      const tasks = names.map((name, index) => async () => ({
        name,
        answer: await ask[name](environments[index] ?? api),
      }));
      const answers = await interleaving.run(tasks);
      const known = new Map<string, string>([[first.id, 'first']]);
      for (const { name, answer } of answers) {
        if (answer.status === 201) known.set(answer.body.id, name === 'by old' ? 'old' : 'new');
      }
      const told = answers.map(({ name, answer: { status, body } }) => {
        if (name === 'move' || name === 'again') return `${name}: ${status}`;
        return `${name}: ${status} ${known.get(body.id)}`;
      });
      const owners = await Promise.all(
        ['old', 'new', 'third'].map(async (name) => {
          const id = await finds({ email: address[name] });
          return `${name}: ${id === 'new' ? 'nobody' : known.get(id)}`;
        }),
      );
      const { email } = (await api.get(`/v2/contacts/${first.contact}`)).body.profile;
      const primary = Object.keys(address).find((name) => address[name] === email);
      const outcome = [...told.sort(), ...owners, `primary: ${primary}`].join(', ');
      expect(permutations(names).map(inTurn), `round ${round}`).toContain(outcome);
    }
  });
});
