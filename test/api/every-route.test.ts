import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCOPES, type Scope } from '../../shared/auth/scopes.ts';
import { USER } from '../support/api-seed.ts';
import { startWorld, type World } from '../support/api-world.ts';
import { CALLS } from '../support/calls/calls.ts';
import { createSetting, type Setting } from '../support/calls/ours.ts';
import { createAnswerCheck, type Described, operations } from '../support/openapi.ts';

let world: World;
let setting: Setting;
beforeAll(async () => {
  world = await startWorld();
  setting = await createSetting(world);
});
afterAll(() => world?.stop());

const { differences } = createAnswerCheck({ closed: true });
const successes = ({ operation }: Described): number[] =>
  Object.keys(operation.responses)
    .map(Number)
    .filter((status) => status < 300);

it('has a call for every status by which an operation of the document succeeds, and no other', () => {
  const called = Object.entries(CALLS).map(([name, { answers }]) => [name, Object.keys(answers).map(Number)]);
  const described = operations.map((one) => [one.name, successes(one)]);
  expect(Object.fromEntries(called)).toEqual(Object.fromEntries(described));
});

describe.each(operations)('$name', (described) => {
  const { name } = described;
  const { answers = {} } = CALLS[name] ?? {};
  const cases = Object.entries(answers).flatMap(([status, calls]) =>
    calls.map((call, index) => ({ status: Number(status), call, nth: index + 1 })),
  );

  it.each(cases)('answers $status as the document says (call $nth)', async ({ status, call }) => {
    const answer = await setting.send(described, await call(setting.ours, world));
    expect([answer.status, answer.body], JSON.stringify(answer.body)).toEqual([status, answer.body]);
    expect(differences(described, answer)).toEqual([]);
  });

  it.each(guardsOf(described))('is answered $status $given', async ({ status, scope }) => {
    const [first] = cases;
    const request = (await first?.call(setting.ours, world)) ?? {};
    const token = scope && (await world.token(USER.admin, scope));
    const answer = await setting.send(
      described,
      token ? request : { ...request, headers: { authorization: '' } },
      token,
    );
    expect(answer.status).toBe(status);
    expect(differences(described, answer)).toEqual([]);
  });
});

/** What keeps callers away: no token at all, and one whose scope is the next below. */
function guardsOf({ operation }: Described): readonly { status: number; given: string; scope?: Scope }[] {
  const [scope] = operation.security.map(({ bearer }: { bearer: [Scope] }) => bearer[0]);
  if (scope === undefined) return [];
  const below = SCOPES[SCOPES.indexOf(scope) - 1];
  return [
    { status: 401, given: 'without a token' },
    ...(below === undefined ? [] : [{ status: 403, given: `with the scope ${below}`, scope: below }]),
  ];
}
