import { afterAll, beforeAll, expect, it } from 'vitest';
import { CONTACT_FIELDS } from '../../functions/api/contacts/contact-fields.ts';
import { CONVERSATION_FIELDS } from '../../functions/api/conversations/conversation-fields.ts';
import { MESSAGE_FIELDS } from '../../functions/api/messages/message-fields.ts';
import { chooseSeed, createRandom, pick } from '../support/api-random.ts';
import { startRequest } from '../support/api-requests.ts';
import { ORGANIZATION, USER } from '../support/api-seed.ts';
import { startWorld, type World } from '../support/api-world.ts';
import { NOW, newId } from '../support/builders.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world?.stop());

const cursorOf = (place: string): string => Buffer.from(place).toString('base64url');

it('answers 500 random queries of lists without a fault of ours', async () => {
  const seed = chooseSeed();
  console.log(`Queries of seed ${seed}; repeat with OVERTURE_TEST_SEED=${seed}.`);
  const random = createRandom(seed);
  const api = world.createApi();
  const started = (await api.post('/v2/conversations', startRequest())).body;
  const fields = [CONVERSATION_FIELDS, MESSAGE_FIELDS, CONTACT_FIELDS].flatMap((known) => Object.keys(known));
  const words = [
    'sort',
    'limit',
    'offset',
    'select',
    'populate',
    'cursor',
    'meta.x',
    'profile.address.city',
    '',
    '__proto__',
  ];
  const signs = ['', '', '', '>', '>=', '<', '<=', '~', '^', '!'];
  const values = [
    ...[started.id, started.contact, started.messages[0], newId(), USER.agent, ORGANIZATION.shop, started.orgPath],
    ...['true', 'false', '1', '-1', '0', 'queued', 'createdAt', '-createdAt', 'contact', 'conversation', '', ' '],
    ...['2026-05-12', '1900-01-01', '9999-12-31', '2026-05-12T09:30:00.000Z', '2026-02-31', '+31612345678'],
    ...[
      'john@example.com',
      '[queued,active]',
      `[${started.id},${newId()}]`,
      '[]',
      '[,]',
      '\u0000',
      '\ud800',
      '%',
      '💬',
    ],
    ...[`M#${NOW}#0000000001`, `${NOW}#${started.id}`, '0000000000000#', `9999999999999#${newId()}`].map(cursorOf),
  ];
  const paths = ['/v2/conversations', '/v2/contacts', '/v2/messages', `/v2/conversations/${started.id}/messages`];
  const fixed = [
    '',
    '',
    `organization=${ORGANIZATION.shop}`,
    `participants.user=${USER.agent}`,
    `conversation=${started.id}`,
  ];
  const statuses = new Map<number, number>();
  for (let round = 0; round < 500; round++) {
    const path = pick(paths, random);
    const filters = Array.from({ length: Math.floor(random() * 4) }, () => {
      const name = random() < 0.3 ? pick(words, random) : pick(fields, random);
      return `${encodeURIComponent(name)}=${encodeURIComponent(`${pick(signs, random)}${pick(values, random)}`.toWellFormed())}`;
    });
    const query = [pick(fixed, random), ...filters].join('&');
    const answer = await api.get(`${path}?${query}`);
    expect(answer.status, `round ${round} of seed ${seed}: ${path}?${query}`).toBeLessThan(500);
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
  }
  expect(api.observer.faults).toEqual([]);
  expect([...statuses.keys()], 'good and bad ones').toEqual(expect.arrayContaining([200, 400]));
});
