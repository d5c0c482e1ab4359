import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningDoubles, startDoubles } from '../../infra/local/doubles/start.ts';
import { personalDataIn } from '../support/log-scan.ts';
import type { Delivered } from '../support/overture.ts';
import { until } from '../support/poll.ts';
import { freePort, type StartProcess, spawnStart } from '../support/start-process.ts';

const CONVERSATIONS = 200;
const MESSAGES = 5;
/** Requests under way at once. */
const CLIENTS = 8;
const ORGANIZATION = '6663a1f684ba342816c4b7c4';
const USER = 'aaa000000000000000000111';

let doubles: RunningDoubles;
let run: StartProcess;
let url: string;
const dataDir = mkdtempSync(join(tmpdir(), 'overture-kill-'));

async function startRun(port: number): Promise<void> {
  const { twilio, whatsapp, ses, control, specs } = doubles;
  run = spawnStart({
    PORT: String(port),
    OVERTURE_DATA: dataDir,
    OVERTURE_DOUBLES: JSON.stringify({ twilio, whatsapp, ses, control, specs }),
  });
  await run.ready();
}

beforeAll(async () => {
  doubles = await startDoubles({});
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  await startRun(port);
}, 90_000);
afterAll(async () => {
  run?.child.kill('SIGTERM');
  await run?.ended;
  await doubles?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const isEmail = (index: number): boolean => index % 4 === 0;
const addressOf = (index: number): string =>
  isEmail(index) ? `kill${index}@example.com` : `+316300${String(10_000 + index)}`;

/** Starts one conversation with five messages; asks again with the same key until somebody answers, as a client would. */
async function startConversation(index: number, token: () => Promise<string>): Promise<string[]> {
  const to = addressOf(index);
  const touchpoint = isEmail(index) ? 'email' : 'sms';
  const body = JSON.stringify({
    organization: ORGANIZATION,
    type: 'contact',
    contact: { profile: isEmail(index) ? { email: to } : { telephone: to } },
    messages: Array.from({ length: MESSAGES }, (_, message) => ({
      text: `${index}/${message}`,
      role: 'agent',
      ...(message === 0 && { touchpoint }),
    })),
  });
  return until(
    `conversation ${index} is accepted`,
    async () => {
      const answer = await fetch(`${url}/v2/conversations`, {
        method: 'POST',
        body,
        headers: {
          authorization: `Bearer ${await token()}`,
          'content-type': 'application/json',
          'idempotency-key': `start-${index}`,
        },
      }).catch(() => undefined);
      if (answer?.status !== 201) return undefined;
      return ((await answer.json()) as { messages: string[] }).messages;
    },
    { withinMs: 300_000 },
  );
}

const outbox = async (): Promise<Delivered[]> =>
  (await fetch(`${doubles.control}/_local/outbox`)).json() as Promise<Delivered[]>;

it('sends every message of 200 conversations once and in order, though it is killed in the middle', {
  timeout: 900_000,
}, async () => {
  let known: string | undefined;
  const token = async () => {
    known ??= await (await fetch(`${url}/_local/token?user=${USER}`)).text();
    return known;
  };
  const messagesOf: string[][] = [];
  const waiting = Array.from({ length: CONVERSATIONS }, (_, index) => index);
  const clients = Array.from({ length: CLIENTS }, async () => {
    for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) {
      messagesOf[index] = await startConversation(index, token);
    }
  });

  const total = CONVERSATIONS * MESSAGES;
  await until('a third is sent', async () => (await outbox()).length >= total / 3, { withinMs: 240_000 });
  run.child.kill('SIGKILL');
  await run.ended;
  await startRun(Number(new URL(url).port));
  await Promise.all(clients);

  const ids = messagesOf.flat();
  expect(new Set(ids).size).toBe(total);
  const bySource = async () => Map.groupBy(await outbox(), ({ messageId }) => messageId ?? '');
  await until('everything is sent', async () => (await bySource()).size >= total, { withinMs: 400_000 });

  const sent = await bySource();
  const repeated = ids.filter((id) => (sent.get(id)?.length ?? 0) > 1);
  console.log(`${total} messages, ${repeated.length} emails sent again because their outcome was unknown`);
  expect([...sent.keys()].sort()).toEqual([...ids].sort());
  // Only an email may go out again, and only where nobody could know that it had been taken.
  for (const id of repeated) expect(sent.get(id)?.[0]?.touchpoint).toBe('email');
  const deliveries = await outbox();
  messagesOf.forEach((messages, index) => {
    const received = deliveries.filter(({ to }) => to === addressOf(index)).map(({ messageId }) => messageId ?? '');
    expect(received.filter((id, place) => received.indexOf(id) === place)).toEqual(messages);
  });
  const addresses = Array.from({ length: CONVERSATIONS }, (_, index) => addressOf(index));
  expect(personalDataIn(join(dataDir, 'logs'), addresses)).toEqual([]);
});
