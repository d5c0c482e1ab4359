import type { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { QueueName } from '../../infra/stages.ts';
import { stages } from '../../infra/stages.ts';
import { callAws } from './faults.ts';
import { count, type History } from './history.ts';
import type { Process, Scheduler } from './scheduler.ts';

const { queueVisibilitySeconds, maxReceiveCount } = stages.prod;
const VISIBILITY_MS = queueVisibilitySeconds * 1000;
const TWICE_WITHIN_MS = 50;
const GHOST_WITHIN_MS = 200_000;
const LATE_UP_TO_MS = 90_000;

interface QueueMessage {
  readonly id: number;
  readonly body: string;
  visibleAt: number;
  receives: number;
}

/** What a function does with one message: resolves to delete it, rejects to leave it on its queue. */
export type Consume = (body: unknown, settled: (deleted: boolean) => void) => void;

/** A standard queue with its DLQ: at least once, in any order. */
export interface SimulatedQueue {
  readonly name: QueueName;
  put(body: string, delaySeconds: number): void;
  /** Puts it into the DLQ at once. */
  park(body: string): void;
  /** Puts what the DLQ keeps back on the queue. */
  redrive(): void;
  parked(): number;
}

export function createQueue(scheduler: Scheduler, history: History, name: QueueName, consume: Consume): SimulatedQueue {
  const { random } = scheduler;
  const messages: QueueMessage[] = [];
  const deadLetters: QueueMessage[] = [];
  let ids = 0;
  const remove = (message: QueueMessage): void => {
    const index = messages.indexOf(message);
    if (index >= 0) messages.splice(index, 1);
  };
  const park = (message: QueueMessage): void => {
    deadLetters.push(message);
    count(history, 'parked');
    scheduler.log('parked', name, message.body);
  };

  function receive(message: QueueMessage): void {
    message.receives += 1;
    if (message.receives > maxReceiveCount) {
      remove(message);
      park(message);
      return;
    }
    const twice = scheduler.fault('duplicate');
    message.visibleAt = scheduler.now() + (twice ? random.below(TWICE_WITHIN_MS) : VISIBILITY_MS);
    consume(JSON.parse(message.body), (deleted) => {
      if (!deleted) return;
      if (scheduler.fault('ghost')) message.visibleAt = scheduler.now() + random.below(GHOST_WITHIN_MS);
      else remove(message);
    });
  }

  scheduler.addSource({
    isReady: (now) => messages.some(({ visibleAt }) => visibleAt <= now),
    take: () => receive(random.pick(messages.filter(({ visibleAt }) => visibleAt <= scheduler.now()))),
    nextAt: () => Math.min(...messages.map(({ visibleAt }) => visibleAt)),
  });

  return {
    name,
    put(body, delaySeconds) {
      const late = scheduler.fault('late') ? random.below(LATE_UP_TO_MS) : 0;
      count(history, `queued ${name}`);
      messages.push({ id: ++ids, body, visibleAt: scheduler.now() + delaySeconds * 1000 + late, receives: 0 });
    },
    park: (body) => park({ id: ++ids, body, visibleAt: 0, receives: 0 }),
    redrive() {
      for (const message of deadLetters.splice(0)) {
        messages.push({ ...message, visibleAt: scheduler.now(), receives: 0 });
      }
    },
    parked: () => deadLetters.length,
  };
}

/** Throws for a queue that is not there. */
export function queueNamed(queues: ReadonlyMap<QueueName, SimulatedQueue>, name: QueueName): SimulatedQueue {
  const queue = queues.get(name);
  if (queue) return queue;
  throw new Error(`There is no queue ${name}.`);
}

/** Names a queue where the SDK would name its URL. */
export const urlOf = (name: QueueName): string => `queue:${name}`;

/** What becomes of a message on its way to a queue: how long it waits there; undefined: it is lost. */
export type Carry = (queue: QueueName, body: unknown, delaySeconds: number) => number | undefined;

/** The client of SQS as one invocation has it. */
export function createQueueClient(
  scheduler: Scheduler,
  process: Process,
  queues: ReadonlyMap<QueueName, SimulatedQueue>,
  carry: Carry,
): SQSClient {
  const send = ({ input }: SendMessageBatchCommand) => {
    const name = (input.QueueUrl ?? '').slice('queue:'.length) as QueueName;
    const queue = queueNamed(queues, name);
    const entries = input.Entries ?? [];
    return callAws(scheduler, process, {
      execute: async () => {
        const failed = entries.filter(() => scheduler.fault('refuse'));
        for (const entry of entries.filter((sent) => !failed.includes(sent))) {
          const body = entry.MessageBody ?? '';
          const delaySeconds = carry(name, JSON.parse(body), entry.DelaySeconds ?? 0);
          if (delaySeconds === undefined) continue;
          scheduler.log(process.name, `#${process.id}`, 'sends', name, body, `in ${delaySeconds} s`);
          queue.put(body, delaySeconds);
        }
        return { Failed: failed.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false })) };
      },
      refusal: () => new Error('The queue is not there.'),
    });
  };
  return { send } as unknown as SQSClient;
}
