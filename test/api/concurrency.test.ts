import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findOwners, identityOf } from '../../shared/store/identities.ts';
import { listNewest } from '../../shared/store/messages.ts';
import type { Item } from '../../shared/store/table.ts';
import { createTestClock, skewedClock } from '../support/api-clock.ts';
import { aroundCalls, type ClientCall, conflictOf, refuseEntries } from '../support/api-faults.ts';
import { createInterleaving } from '../support/api-interleave.ts';
import { chooseSeed, createRandom, pick } from '../support/api-random.ts';
import { emailMessage, newEmail, newTelephone, smsMessage, startRequest, startWith } from '../support/api-requests.ts';
import { ORGANIZATION } from '../support/api-seed.ts';
import { describeContact, permutations, runSerially, type SerialRequest } from '../support/api-serial.ts';
import { type Answer, type Api, PEPPER, startWorld, type World } from '../support/api-world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world?.stop());

const start = (api: Api, body: unknown) => api.post('/v2/conversations', body);
const countOf = (answers: readonly Answer[]): Record<number, number> =>
  answers.reduce<Record<number, number>>(
    (counts, { status }) => ({ ...counts, [status]: (counts[status] ?? 0) + 1 }),
    {},
  );
const isMessage = ({ sk }: Item) => String(sk).startsWith('M#');

/** What 200 starts for one person must leave behind. */
async function expectOnePerson(answers: readonly Answer[], identities: number) {
  const count = answers.length;
  expect(countOf(answers)).toEqual({ 200: count - 1, 201: 1 });
  const [conversation, ...others] = [...new Set(answers.map(({ body }) => body.id))];
  expect(others).toEqual([]);
  expect(new Set(answers.map(({ body }) => body.contact)).size).toBe(1);

  const items = await world.items();
  const own = items.filter(({ pk }) => pk === `C#${conversation}`);
  expect(own.filter(({ sk }) => sk === '@')).toHaveLength(1);
  expect(items.filter((item) => item.conversation === conversation && String(item.pk).startsWith('I#'))).toHaveLength(
    identities,
  );
  const messages = own
    .filter(isMessage)
    .map(({ sk, id }) => ({ id, due: Number(String(sk).slice(2, 15)), seq: Number(String(sk).slice(16)) }))
    .sort((a, b) => a.seq - b.seq);
  expect(new Set(messages.map(({ id }) => id))).toEqual(new Set(answers.flatMap(({ body }) => body.messages)));
  expect(new Set(messages.map(({ id }) => id)).size).toBe(count);
  const backwards = messages.filter(({ due }, index) => due < (messages[index - 1]?.due ?? 0));
  expect(backwards).toEqual([]);
  return { conversation, messages, lastAt: own.find(({ sk }) => sk === '@')?.lastAt };
}

describe('200 parallel starts for one new person', () => {
  it('make one contact and one conversation that holds every message in its place', async () => {
    const before = new Set((await world.items()).filter(({ pk }) => String(pk).startsWith('C#')).map(({ pk }) => pk));
    const api = world.createApi({ clock: skewedClock(0) });
    const request = startRequest();
    const answers = await Promise.all(Array.from({ length: 200 }, () => start(api, request)));
    const { messages } = await expectOnePerson(answers, 1);
    expect(messages.map(({ seq }) => seq)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
    const conversations = (await world.items()).filter(({ pk, sk }) => String(pk).startsWith('C#') && sk === '@');
    expect(conversations.filter(({ pk }) => !before.has(pk))).toHaveLength(1);
    expect(api.observer.counted('ConversationStarted')).toBe(1);
    expect(api.observer.counted('MessageAccepted')).toBe(200);
    expect(api.observer.faults).toEqual([]);
  });

  it('do so from several environments whose clocks disagree', async () => {
    const apis = [0, 60, -60, 15].map((skewMs) => world.createApi({ clock: skewedClock(skewMs) }));
    const request = startRequest();
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => start(apis[index % apis.length] as Api, request)),
    );
    const { messages, lastAt } = await expectOnePerson(answers, 1);
    expect(messages.map(({ seq }) => seq)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
    expect(lastAt).toBe(messages.at(-1)?.due);
  });

  it('do so when each gives another combination of identifiers', async () => {
    const api = world.createApi({ clock: skewedClock(0) });
    const profile = { email: newEmail(), telephone: newTelephone() };
    const first = start(api, startWith(profile));
    const later = Array.from({ length: 59 }, (_, index) =>
      start(api, startWith([profile, { email: profile.email }, { telephone: profile.telephone }][index % 3])),
    );
    const answers = await Promise.all([first, ...later]);
    expect(answers.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
    const conversations = [...new Set(answers.map(({ body }) => body.id))];
    const stored = (await world.items()).filter(
      (item) => isMessage(item) && conversations.includes(String(item.pk).slice(2)),
    );
    expect(new Set(stored.map(({ id }) => id))).toEqual(new Set(answers.flatMap(({ body }) => body.messages)));
    expect(stored).toHaveLength(60);
  });
});

describe('requests with crossing identifiers', () => {
  const ROUNDS = 100;

  it(`end as some serial order of them would, in ${ROUNDS} random interleavings`, async () => {
    const seed = chooseSeed();
    console.log(`Interleavings of seed ${seed}; repeat with OVERTURE_TEST_SEED=${seed}.`);
    const random = createRandom(seed);
    const seen = new Set<string>();
    const apis = [0, 1, 2].map(() => world.createApi());
    for (let round = 0; round < ROUNDS; round++) {
      const email = newEmail();
      const telephone = newTelephone();
      const both = pick(['email', 'sms'] as const, random);
      const requests: SerialRequest[] = [
        { name: 'A', email, touchpoint: 'email' },
        { name: 'B', telephone, touchpoint: 'sms' },
        { name: 'C', email, telephone, touchpoint: both },
      ];
      const answers = await interleaved(requests, random);
      const outcome = await observe(requests, answers, email, telephone);
      const allowed = permutations(requests).map(runSerially);
      expect(allowed, `round ${round} of seed ${seed}`).toContainEqual(outcome);
      seen.add(JSON.stringify(outcome));
    }
    expect(apis).toHaveLength(3);
    expect(seen.size, 'the interleavings must reach several outcomes').toBeGreaterThan(3);
  });

  async function interleaved(requests: readonly SerialRequest[], random: () => number): Promise<Answer[]> {
    const interleaving = createInterleaving(random);
    const tasks = requests.map(({ email, telephone, touchpoint, name }) => {
      const api = world.createApi();
      interleaving.join(api.documents);
      const message = touchpoint === 'email' ? emailMessage(name) : smsMessage(name);
      return () => start(api, startWith({ email, telephone }, { messages: [message] }));
    });
    return interleaving.run(tasks);
  }

  async function observe(
    requests: readonly SerialRequest[],
    answers: readonly Answer[],
    email: string,
    telephone: string,
  ) {
    const owners = await findOwners(world.table, [
      identityOf(PEPPER, ORGANIZATION.shop, 'email', email),
      identityOf(PEPPER, ORGANIZATION.shop, 'telephone', telephone),
    ]);
    const conversations = [...new Set(answers.map(({ body }) => String(body.id)))];
    const contacts = await Promise.all(
      conversations.map(async (conversation) => {
        const messages = await listNewest(world.table, conversation, 100);
        const head = (await world.createApi().get(`/v2/conversations/${conversation}`)).body;
        expect(messages.map(({ id }) => id)).toEqual(head.messages);
        const found = [...owners].filter(([, owner]) => owner === conversation).map(([kind]) => kind);
        return { conversation, texts: messages.map(({ text = '' }) => text), ids: messages.map(({ id }) => id), found };
      }),
    );
    expect(contacts.flatMap(({ texts }) => texts).sort()).toEqual(['A', 'B', 'C']);
    expect(contacts.flatMap(({ ids }) => ids).sort()).toEqual(answers.flatMap(({ body }) => body.messages).sort());
    const profiles = await profilesOf(conversations);
    return {
      answers: Object.fromEntries(
        requests.map(({ name }, index) => [
          name,
          `${answers[index]?.status}${answers[index]?.headers['x-identifier-conflict'] ? ' conflict' : ''}`,
        ]),
      ),
      contacts: contacts
        .map(({ conversation, texts, found }) => describeContact(texts, found, profiles.get(conversation) ?? []))
        .sort(),
    };
  }
});
