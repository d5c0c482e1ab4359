import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Import } from '../../shared/contracts/ingress.ts';
import { TryLaterError } from '../../shared/queue/consume.ts';
import { aroundCalls } from '../support/api-faults.ts';
import { createRandom } from '../support/api-random.ts';
import { emailMessage, newEmail } from '../support/api-requests.ts';
import { type Ingest, type IngestSetting, startIngest } from './setting.ts';

let setting: IngestSetting;
beforeAll(async () => {
  setting = await startIngest();
});
afterAll(() => setting?.stop());

type Queue = { import: Import }[];
const random = createRandom(7);
/** Other rows at each receive: who does a slice again seldom ends where the first one did. */
const timeForSome = () => {
  let left = 1 + Math.floor(random() * 12);
  return { remainingMs: () => left-- };
};

/** An environment that is killed at its nth call of any service, just before or just after the service acts. */
function killedAt(nth: number, acts: boolean) {
  let calls = 0;
  const killed = Promise.withResolvers<'killed'>();
  const guarded = async <T>(proceed: () => Promise<T>): Promise<T> => {
    calls += 1;
    if (calls < nth) return proceed();
    if (calls === nth && acts) await proceed();
    killed.resolve('killed');
    return new Promise(() => {});
  };
  const { objects, rest } = setting.createIngest().parts;
  const queue: Queue = [];
  const ingest = setting.createIngest({
    parts: {
      objects: {
        read: (...what) => guarded(() => objects.read(...what)),
        write: (...what) => guarded(() => objects.write(...what)),
      },
      rest: { ...rest, send: (messages) => guarded(async () => void queue.push(...messages.map(({ body }) => body))) },
    },
  });
  aroundCalls(ingest.api.documents, (_call, proceed) => guarded(proceed));
  aroundCalls(ingest.api.queue, (_call, proceed) => guarded(proceed));
  return {
    /** What lies on the queue when it is dead, or when it has done all. */
    async run(waiting: Queue): Promise<{ waiting: Queue; outcome: 'killed' | 'ended' }> {
      const outcome = await Promise.race([drain(ingest, waiting, queue).then(() => 'ended' as const), killed.promise]);
      return { waiting: [...waiting, ...queue], outcome };
    },
  };
}

/** Takes what lies on the queue until nothing does; a message is on it until it is done. */
async function drain(ingest: Ingest, waiting: Queue, sent: Queue): Promise<void> {
  for (;;) {
    waiting.push(...sent.splice(0));
    const [next] = waiting;
    if (!next) return;
    try {
      await ingest.receive(next, timeForSome());
      waiting.shift();
    } catch (error) {
      if (!(error instanceof TryLaterError)) throw error;
      waiting.push(...waiting.splice(0, 1));
    }
  }
}

/** Six people, one of them twice, and a row that is wrong. */
function newFile() {
  const emails = Array.from({ length: 6 }, newEmail);
  const rows = [...emails, emails[0]].map((email, index) => ({
    contact: { profile: { email } },
    messages: [emailMessage(`${index}`)],
  }));
  return [...rows.slice(0, 5), { messages: [] }, ...rows.slice(5)].map((row) => `${JSON.stringify(row)}\n`).join('');
}

async function expectEveryRowOnce(upload: { import: Import }): Promise<void> {
  const { rows, summary } = await setting.results(upload);
  const statuses = ['created', 'created', 'created', 'created', 'created', 'refused', 'created', 'appended'];
  expect(rows.map(({ row, status }) => [row, status])).toEqual(statuses.map((status, index) => [index + 1, status]));
  expect(summary).toMatchObject({ rows: 8, created: 6, appended: 1, repeated: 0, refused: 1 });
  const { api } = setting.createIngest();
  for (const { conversation } of rows.filter(({ status }) => status === 'created')) {
    const { body } = await api.get(`/v2/conversations/${conversation}?populate=messages`);
    const expected = rows.filter((row) => row.conversation === conversation).flatMap(({ messages }) => messages);
    expect(body.messages.map(({ id }: { id: string }) => id)).toEqual(expected);
  }
}

// Just after one call is just before the next, as far as what is stored goes: each gap between two calls is met once.
it.each([
  ['before every odd', false, 1],
  ['after every even', true, 2],
] as const)(
  'every row has its effect and its result once, killed just %s call of a service, and then at another',
  {
    timeout: 300_000,
  },
  async (_when, acts, from) => {
    let nth = from - 2;
    let last: 'killed' | 'ended' = 'killed';
    while (last === 'killed') {
      nth += 2;
      const upload = await setting.upload(newFile());
      const first = await killedAt(nth, acts).run([upload]);
      const second = await killedAt(1 + Math.floor(random() * 40), random() < 0.5).run(first.waiting);
      const survivor = setting.createIngest();
      await drain(survivor, second.waiting, survivor.rest);
      await expectEveryRowOnce(upload);
      last = first.outcome;
    }
    expect(nth).toBeGreaterThan(30);
  },
);
