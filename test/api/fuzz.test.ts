import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SCOPES } from '../../shared/auth/scopes.ts';
import { createGenerator } from '../support/api-generate.ts';
import { mutate } from '../support/api-mutate.ts';
import { chooseSeed, createRandom, pick } from '../support/api-random.ts';
import { ORGANIZATION, SERVICE, USER } from '../support/api-seed.ts';
import { startWorld, type World } from '../support/api-world.ts';
import type { CallRequest, Ours } from '../support/calls/call.ts';
import { CALLS } from '../support/calls/calls.ts';
import { createSetting, type Setting } from '../support/calls/ours.ts';
import { createAnswerCheck, type Described, operations } from '../support/openapi.ts';

// biome-ignore lint/suspicious/noExplicitAny: any JSON
type Json = any;

const ROUNDS = Number(process.env.OVERTURE_TEST_ROUNDS ?? 40);
const NOISE = [
  '',
  ' ',
  '%',
  '~',
  '^',
  '>',
  '[',
  '[]',
  '[a,b]',
  '!',
  'null',
  '-1',
  '1e9',
  'é',
  '\u0000',
  '#',
  '__proto__',
  'x'.repeat(600),
];

/** Who calls would end their own tokens. */
const OTHER_USERS = Object.values(USER).filter((id) => id !== USER.admin);
/** Conversations of ours are started by email. */
const OTHER_SERVICES = Object.values(SERVICE).filter((id) => id !== SERVICE.email);

const seed = chooseSeed();
const random = createRandom(seed);
const chance = (share: number): boolean => random() < share;
const { differences } = createAnswerCheck({ closed: true });

let world: World;
let setting: Setting;
let tokens: readonly string[];
beforeAll(async () => {
  console.log(`Requests of seed ${seed}; repeat with OVERTURE_TEST_SEED=${seed}.`);
  world = await startWorld();
  setting = await createSetting(world);
  tokens = await Promise.all([
    ...SCOPES.map((scope) => world.token(USER.admin, scope)),
    world.token(USER.stranger, 'admin'),
  ]);
});
afterAll(() => world?.stop());

/** What is ours, made once: it is deleted and changed by one request and asked for by the next. */
function pooled(ours: Ours): Ours {
  const made = new Map<string, Promise<Json>>();
  const entries = Object.entries(ours).map(([name, make]) => [
    name,
    () => {
      const one = made.get(name) ?? make();
      made.set(name, one);
      return one;
    },
  ]);
  return Object.fromEntries(entries);
}

const statuses = new Set<number>();

let pool: Ours;
beforeEach(() => {
  pool = pooled(setting.ours);
});

/** Half of the requests are calls that would succeed with something changed, half are made of the schemas. */
async function randomRequest({ name, operation }: Described): Promise<CallRequest> {
  const calls = Object.values(CALLS[name]?.answers ?? {}).flat();
  const valid = await pick(calls, random)(pool, world);
  const conversation = await pool.conversation();
  const ids = [conversation.id, conversation.contact, ...conversation.messages, ...Object.values(ORGANIZATION)];
  const generate = createGenerator(random, [...ids, ...OTHER_USERS, ...OTHER_SERVICES, 'f'.repeat(24)]);
  const parameters: readonly Json[] = operation.parameters ?? [];
  const generated = (place: string, share: number) =>
    parameters
      .filter((parameter) => parameter.in === place && chance(share))
      .map((parameter) => [parameter.name, chance(0.7) ? String(generate(parameter.schema)) : pick(NOISE, random)]);
  const schema = operation.requestBody?.content['application/json'].schema;
  const body = schema && (chance(0.5) ? generate(schema) : valid.body);
  return {
    params: { ...valid.params, ...Object.fromEntries(generated('path', 0.2)) },
    query: {
      ...valid.query,
      ...Object.fromEntries(generated('query', 0.2)),
      ...(chance(0.2) && { [pick(NOISE, random)]: pick(NOISE, random) }),
    },
    ...(valid.token && { token: valid.token }),
    headers: {
      ...Object.fromEntries(generated('header', 0.3)),
      ...(chance(0.05) && { 'content-type': pick(['text/plain', 'application/json;', ''], random) }),
    },
    ...(schema && { body: chance(0.7) ? mutate({ body }, random).body : body }),
  };
}

/** Answers of which parts were asked for, or with parts filled in, are not whole views. */
const isWhole = ({ query }: CallRequest): boolean => !query?.select && !query?.populate;

describe.each(operations)('$name', (described) => {
  it(`answers ${ROUNDS} random requests as the document says, and never by a fault of ours`, {
    timeout: 120_000,
  }, async () => {
    const faultsBefore = setting.api.observer.faults.length;
    for (let round = 0; round < ROUNDS; round++) {
      const request = await randomRequest(described);
      const token = chance(0.8) ? undefined : pick(tokens, random);
      const answer = await setting.send(described, request, token);
      statuses.add(answer.status);
      const place = `round ${round} of seed ${seed}: ${JSON.stringify(request).slice(0, 2_000)}`;
      expect(answer.status, `${place}: ${JSON.stringify(answer.body)}`).not.toBe(500);
      if (answer.status < 400 && !isWhole(request)) continue;
      expect(differences(described, answer), place).toEqual([]);
    }
    expect(setting.api.observer.faults.slice(faultsBefore)).toEqual([]);
  });
});

it('was answered good and bad', () => {
  expect([...statuses]).toEqual(expect.arrayContaining([200, 201, 204, 400, 403, 404]));
});
