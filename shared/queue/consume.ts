import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type * as z from 'zod';
import type { Observer } from '../runtime/observe.ts';

/** Thrown to leave a message on its queue: it comes again when its visibility timeout is over. */
export class TryLaterError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'TryLaterError';
  }
}

export interface Invocation {
  /** Milliseconds until the function is stopped. */
  remainingMs(): number;
}

/** What the queue knows of a message. */
export interface Received {
  /** The same at each receive. */
  readonly messageId: string;
  /** How often it was received, this time included. */
  readonly times: number;
}

const receivedAs = ({ messageId, attributes }: SQSRecord): Received => ({
  messageId,
  times: Number(attributes?.ApproximateReceiveCount ?? 1),
});

/**
 * Consumes a batch: records in parallel, those of one conversation in series. A record whose handler throws, or that
 * is not of the schema, stays on the queue; the others are done.
 */
export function createConsumer<T extends object>(
  schema: z.ZodType<T>,
  handle: (message: T, invocation: Invocation, received: Received) => Promise<void>,
  observe: Observer,
): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  return async (event, context) => {
    const invocation: Invocation = { remainingMs: () => context.getRemainingTimeInMillis() };
    const turns = new Map<string, Promise<unknown>>();

    const inTurn = (conversation: string, work: () => Promise<void>): Promise<void> => {
      const turn = (turns.get(conversation) ?? Promise.resolve()).then(work);
      turns.set(
        conversation,
        turn.catch(() => undefined),
      );
      return turn;
    };

    const consume = async (record: SQSRecord): Promise<void> => {
      try {
        const message = schema.parse(JSON.parse(record.body));
        const work = () => handle(message, invocation, receivedAs(record));
        await ('conversation' in message ? inTurn(String(message.conversation), work) : work());
      } catch (error) {
        if (error instanceof TryLaterError) observe.info(error.message);
        else observe.error('A queue message was not handled and stays on its queue.', error);
        throw error;
      }
    };

    const processor = new BatchProcessor(EventType.SQS);
    try {
      return await processPartialResponse(event, consume, processor, { context, throwOnFullBatchFailure: false });
    } finally {
      observe.flush();
    }
  };
}
