/**
 * `npm run skip -- --message <id> [--stage <stage>]`: gives up one message that cannot go on, so that those behind it
 * can. It ends as failed, with code `skipped`.
 */
import { parseArgs } from 'node:util';
import type { Tick } from '../../shared/contracts/queue-messages.ts';
import { tellFailure } from '../../shared/delivery/tell-failure.ts';
import { advance } from '../../shared/queue/advance.ts';
import { createQueueSender } from '../../shared/queue/send.ts';
import { createTicker } from '../../shared/queue/ticks.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { secureRandom } from '../../shared/runtime/random.ts';
import { locateMessage } from '../../shared/store/messages.ts';
import { findNext } from '../../shared/store/turn.ts';
import { skip as skipMessage } from '../../shared/store/withdrawals.ts';
import { findInstallation, type Installation } from './installation.ts';

/** An operator reads what is printed; nobody reads metrics or logs of a command. */
const observe = { count: () => {}, info: () => {} };

/** Throws one sentence when there is no such message, or it is finished or being sent just now. */
export async function skip(installation: Installation, id: string): Promise<void> {
  const table = await installation.table();
  const place = await locateMessage(table, id);
  if (!place) throw new Error(`There is no message ${id}.`);
  const now = systemClock.now();
  const outcome = await skipMessage(table, place, now);
  if (!outcome.changed)
    throw new Error(`The message ${id} is ${outcome.message?.state ?? 'gone'}: there is nothing to skip.`);
  if (outcome.message) await tellFailure({ table, clock: systemClock, random: secureRandom, observe }, outcome.message);
  const ticks = createQueueSender<Tick>(installation.sqs, await installation.queueUrl('ticks'), systemClock);
  const next = (conversation: string, key: string) => findNext(table, conversation, key);
  await advance(createTicker(ticks, systemClock), next, place, now);
}

async function main(): Promise<string> {
  const { values } = parseArgs({ options: { message: { type: 'string' }, stage: { type: 'string' } } });
  if (!values.message) throw new Error('Say which message: npm run skip -- --message <id>');
  await skip(await findInstallation({ ...values, port: process.env.PORT ?? '3000' }), values.message);
  return `The message ${values.message} is given up; what waited behind it goes on.`;
}

if (import.meta.main) {
  await main().then(console.log, (error: Error) => {
    console.error(error.message);
    process.exit(1);
  });
}
