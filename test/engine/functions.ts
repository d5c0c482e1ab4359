import { marshall } from '@aws-sdk/util-dynamodb';
import { storedMessages } from '../../functions/sweeper/stored-messages.ts';
import { remember, sweep } from '../../functions/sweeper/sweep.ts';
import { work } from '../../functions/worker/work.ts';
import { type QueueName, stages } from '../../infra/stages.ts';
import { type Delivery, type Purge, type Sweep, type Tick, TickSchema } from '../../shared/contracts/queue-messages.ts';
import { deliver } from '../../shared/delivery/deliver.ts';
import { TOUCHPOINTS } from '../../shared/domain/touchpoint.ts';
import { TryLaterError } from '../../shared/queue/consume.ts';
import { purge } from '../../shared/store/deletion.ts';
import { createOutage } from './faults.ts';
import type { MessagePlace } from './history.ts';
import type { Common, PartsOf } from './parts.ts';
import { createQueue } from './queues.ts';
import type { Ending, Process } from './scheduler.ts';
import type { Anything } from './table.ts';

const TIMES = stages.prod;
export const FUNCTION_MS = TIMES.functionTimeoutSeconds * 1000;
const STREAM_AGAIN_MS = 1_000;

const place = ({ conversation, key }: MessagePlace): MessagePlace => ({ conversation, key });
const isTryLater = (ending: Ending): boolean => ending.how === 'threw' && ending.error instanceof TryLaterError;

/** Makes every queue, with the function that takes from it. */
export function connectQueues({ scheduler, history, queues, variant }: Common, partsOf: PartsOf): void {
  const outage = createOutage(scheduler, ['ticks', ...TOUCHPOINTS]);

  function connect<T>(
    name: QueueName,
    handle: (process: Process, body: T) => Promise<unknown>,
    subjectOf: (body: T) => MessagePlace | undefined,
  ): void {
    const consume = (body: unknown, settled: (deleted: boolean) => void): void => {
      if (outage.hits(name)) {
        settled(false);
        return;
      }
      const subject = subjectOf(body as T);
      scheduler.spawn({
        name: name === 'ticks' ? 'worker' : name,
        ...(subject && { subject }),
        lifeMs: FUNCTION_MS,
        work: async (process) => {
          scheduler.log(process.name, `#${process.id}`, 'gets', JSON.stringify(body));
          await handle(process, body as T);
        },
        ended: (ending) => settled(ending.how === 'done' || (isTryLater(ending) && variant.dropsUnderLease === true)),
      });
    };
    queues.set(name, createQueue(scheduler, history, name, consume));
  }

  connect<Tick>('ticks', (process, tick) => work(partsOf(process), TickSchema.parse(tick)), place);
  for (const touchpoint of TOUCHPOINTS) {
    const handle = (process: Process, delivery: Delivery) => {
      const remainingMs = () => process.deadline - scheduler.now();
      return deliver({ ...partsOf(process), touchpoint }, delivery, { remainingMs });
    };
    connect(touchpoint, handle, place);
  }
  const sweepOrPurge = (process: Process, message: Sweep | Purge): Promise<unknown> => {
    const parts = partsOf(process);
    return 'purge' in message ? purge(parts.table, message.purge) : sweep(parts, message);
  };
  connect('sweep', sweepOrPurge, () => undefined);
}

/** The table's stream, read in order by one function at a time. Answers what puts an inserted item on it. */
export function createStream({ scheduler, variant }: Common, partsOf: PartsOf): (item: Anything) => void {
  let streamed: Anything[] = [];
  let isReading = false;
  function read(): void {
    if (isReading || streamed.length === 0) return;
    isReading = true;
    const Records = streamed;
    streamed = [];
    const go = (): void => {
      scheduler.spawn({
        name: 'stream',
        lifeMs: FUNCTION_MS,
        work: (process) => remember(partsOf(process).sweeps, storedMessages({ Records }), TIMES.sweepDelaySeconds),
        ended: ({ how }) => {
          if (how !== 'done') {
            scheduler.at(scheduler.now() + STREAM_AGAIN_MS, go);
            return;
          }
          isReading = false;
          scheduler.at(scheduler.now(), read);
        },
      });
    };
    go();
  }
  return (item) => {
    if (variant.noSweeper) return;
    streamed.push({ eventName: 'INSERT', dynamodb: { NewImage: marshall(item, { removeUndefinedValues: true }) } });
    scheduler.at(scheduler.now(), read);
  };
}
