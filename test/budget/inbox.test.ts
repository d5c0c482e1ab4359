import { afterAll, beforeAll, expect, it } from 'vitest';
import { UserSchema } from '../../shared/contracts/configuration.ts';
import type { Conversation } from '../../shared/domain/conversation.ts';
import { putUser } from '../../shared/store/users.ts';
import { ORGANIZATION, pathOf, USER } from '../support/api-seed.ts';
import { type Answer, type Api, startWorld, type World } from '../support/api-world.ts';
import { aConversation, aParticipant, NOW, newId } from '../support/builders.ts';
import { storeConversations } from '../support/inboxes.ts';
import { createMeter, type Meter, type Usage } from '../support/meter.ts';

/**
 * How many conversations the organization has in the end. The emulator stores some hundreds in a second, so the long
 * form, `OVERTURE_INBOX=100000`, takes minutes.
 */
const MANY = Number(process.env.OVERTURE_INBOX ?? 3_000);
const FEW = 1_000;

let world: World;
let api: Api;
let meter: Meter;
const agent = newId();
const channel = newId();

beforeAll(async () => {
  world = await startWorld();
  api = world.createApi();
  meter = createMeter(api.documents);
  await putUser(
    world.table,
    UserSchema.parse({ id: agent, organizations: [{ organization: ORGANIZATION.shop, role: 'agent' }] }),
  );
});
afterAll(() => world?.stop());

const conversation = (index: number, overrides: Partial<Conversation>): Conversation =>
  aConversation({
    organization: ORGANIZATION.shop,
    orgPath: pathOf(ORGANIZATION.shop),
    createdAt: NOW + index,
    participants: {},
    ...overrides,
  });

const fill = (from: number, to: number) =>
  storeConversations(
    world.table,
    Array.from({ length: to - from }, (_, index) => conversation(from + index, { status: 'queued' })),
  );

const INBOX = `/v2/conversations?participants.user=${agent}&participants.inbox=true&status=queued&sort=-createdAt`;
const READS: readonly [string, string][] = [
  ['inbox', INBOX],
  ['inbox, 20 of them', `${INBOX}&limit=20`],
  ['all of an agent', `/v2/conversations?participants.user=${agent}`],
  ['a channel', `/v2/conversations?channels=${channel}`],
  ['an organization, 100 of them', `/v2/conversations?organization=${ORGANIZATION.shop}`],
];

async function measure(): Promise<{ answers: Answer[]; usages: Usage[] }> {
  const measured = [];
  for (const [, path] of READS) measured.push(await meter.measure(() => api.get(path)));
  return { answers: measured.map(({ result }) => result), usages: measured.map(({ usage }) => usage) };
}

it(`lists what an agent, a channel and an organization have for the same read units at ${MANY} conversations as at ${FEW}`, async () => {
  const theirs = Array.from({ length: 60 }, (_, index) =>
    conversation(index, {
      participants: { [agent]: aParticipant({ inbox: true }), [USER.bot]: aParticipant({ role: 'bot' }) },
      channels: [channel],
    }),
  );
  await storeConversations(world.table, theirs);
  await fill(theirs.length, FEW);
  await measure();
  const few = await measure();
  await fill(FEW, MANY);
  const many = await measure();

  expect(few.answers.map(({ body }) => body.length)).toEqual([60, 20, 60, 60, 100]);
  expect(many.answers.slice(0, 4)).toEqual(few.answers.slice(0, 4));
  expect(many.usages).toEqual(few.usages);
  expect(few.usages[0]?.commands).toEqual(['QueryCommand', 'BatchGetItemCommand']);
  console.log(
    ['| list | read units | calls |', '|---|---|---|']
      .concat(
        READS.map(([name], index) => `| ${name} | ${many.usages[index]?.readUnits} | ${many.usages[index]?.calls} |`),
      )
      .join('\n'),
  );
}, 1_800_000);
