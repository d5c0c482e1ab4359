import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Import } from '../../shared/contracts/ingress.ts';
import { TryLaterError } from '../../shared/queue/consume.ts';
import { aroundCalls } from '../support/api-faults.ts';
import { createRandom } from '../support/api-random.ts';
import { emailMessage, newEmail, newTelephone } from '../support/api-requests.ts';
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

/** What is uploaded, and what must have become of it. */
interface Scenario {
  upload(): Promise<{ import: Import }>;
  expectOnce(upload: { import: Import }): Promise<void>;
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

const starts: Scenario = { upload: () => setting.upload(newFile()), expectOnce: expectEveryRowOnce };

/** Two users with two addresses each, one of which is opted out, and an endpoint that is no contact's. */
const endpoints: Scenario = {
  upload() {
    const rows = [newEmail(), newEmail(), newTelephone(), newTelephone(), 'token'].map((Address, index) => ({
      ChannelType: ['EMAIL', 'EMAIL', 'SMS', 'SMS', 'APNS'][index],
      Address,
      OptOut: index === 2 ? 'ALL' : 'NONE',
      EffectiveDate: '2026-01-05T10:00:00Z',
      User: { UserId: `user-${index % 2}` },
    }));
    const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    return setting.upload(gzipSync(lines), `pinpoint/${crypto.randomUUID()}/endpoints.gz`);
  },
  async expectOnce(upload) {
    const { rows, summary } = await setting.results(upload);
    expect(rows.map(({ status }) => status)).toEqual(['created', 'created', 'found', 'found', 'refused']);
    expect(rows.map(({ contact }) => contact)).toEqual([0, 1, 0, 1, 4].map((row) => rows[row].contact));
    expect(summary).toMatchObject({ rows: 5, created: 2, found: 2, refused: 1, optedOut: 1, conflicts: 0 });
    const { api } = setting.createIngest();
    const { body } = await api.get(`/v2/contacts/${rows[0].contact}/consent`);
    expect(
      body.history.map(({ change, touchpoint }: { change: string; touchpoint: string }) => [change, touchpoint]),
    ).toEqual(
      expect.arrayContaining([
        ['stop', 'sms'],
        ['stop', 'whatsapp'],
      ]),
    );
    expect(body.history).toHaveLength(2);
  },
};

// Just after one call is just before the next, as far as what is stored goes: each gap between two calls is met once.
it.each([
  ['start', 'before every odd', false, 1, starts],
  ['start', 'after every even', true, 2, starts],
  ['endpoint', 'before every odd', false, 1, endpoints],
  ['endpoint', 'after every even', true, 2, endpoints],
] as const)(
  'every row that is a %s has its effect and its result once, killed just %s call of a service, and then at another',
  {
    timeout: 300_000,
  },
  async (_kind, _when, acts, from, { upload: newUpload, expectOnce }) => {
    let nth = from - 2;
    let last: 'killed' | 'ended' = 'killed';
    while (last === 'killed') {
      nth += 2;
      const upload = await newUpload();
      const first = await killedAt(nth, acts).run([upload]);
      const second = await killedAt(1 + Math.floor(random() * 40), random() < 0.5).run(first.waiting);
      const survivor = setting.createIngest();
      await drain(survivor, second.waiting, survivor.rest);
      await expectOnce(upload);
      last = first.outcome;
    }
    expect(nth).toBeGreaterThan(20);
  },
);
