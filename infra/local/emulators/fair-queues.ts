import type { SqsMessage, SqsQueue, SqsStore } from './fauxqs-library.ts';

interface Sent {
  MessageGroupId?: string;
  MessageAttributes?: object;
}

const MAX_PER_RECEIVE = 10;
const UNGROUPED = '';

/**
 * Fair queues, as SQS has them on standard queues: of the messages that are ready, those go first whose group has fewest
 * in flight, each group in its own order. fauxqs drops the group of a standard message, so `noteGroup` must see each one
 * before fauxqs does; the attributes object is what both then hold.
 */
export function createFairQueues() {
  const groups = new WeakMap<object, string>();

  function noteGroup(message: Sent): void {
    if (!message.MessageGroupId) return;
    message.MessageAttributes ??= {};
    groups.set(message.MessageAttributes, message.MessageGroupId);
  }

  function makeFair(queue: SqsQueue): SqsQueue {
    if (queue.isFifo()) return queue;
    const enqueue = queue.enqueue.bind(queue);
    const dequeue = queue.dequeue.bind(queue);
    queue.enqueue = (message) => {
      message.messageGroupId ??= groups.get(message.messageAttributes);
      enqueue(message);
    };
    queue.dequeue = (...received) => {
      queue.processTimers();
      const inFlight = [...queue.inflightMessages.values()].map(({ message }) => message);
      queue.messages = fairOrder(queue.messages, inFlight);
      return dequeue(...received);
    };
    return queue;
  }

  /** Makes every queue fair that this store creates from now on. */
  function install(store: SqsStore): void {
    const createQueue = store.createQueue.bind(store);
    store.createQueue = (...queue) => makeFair(createQueue(...queue));
  }

  return { install, noteGroup };
}

const groupOf = (message: SqsMessage): string => message.messageGroupId ?? UNGROUPED;

/** The same messages with the next ten put first: one by one from the group with fewest in flight, oldest group on a tie. */
export function fairOrder(ready: SqsMessage[], inFlight: readonly SqsMessage[]): SqsMessage[] {
  const waiting = Map.groupBy(ready, groupOf);
  if (waiting.size < 2) return ready;
  const busy = new Map<string, number>();
  for (const message of inFlight) busy.set(groupOf(message), (busy.get(groupOf(message)) ?? 0) + 1);
  const next = new Set<SqsMessage>();
  const cursors = [...waiting].map(([group, messages]) => ({
    busy: busy.get(group) ?? 0,
    messages: messages.values(),
  }));
  while (next.size < Math.min(MAX_PER_RECEIVE, ready.length) && cursors.length > 0) {
    const fewest = cursors.reduce((best, cursor) => (cursor.busy < best.busy ? cursor : best));
    const taken = fewest.messages.next();
    if (taken.done) cursors.splice(cursors.indexOf(fewest), 1);
    else next.add(taken.value);
    fewest.busy += 1;
  }
  return [...next, ...ready.filter((message) => !next.has(message))];
}
