import {
  ChangeMessageVisibilityBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  type SQSClient,
} from '@aws-sdk/client-sqs';

export interface ReceivedFrom {
  readonly client: SQSClient;
  readonly queueUrl: string;
  log(line: string): void;
}

/** Of the visibility timeout, one part may have passed when a message's turn comes. */
const PARTS = 7;

/** Keeps messages, at most ten, from being received again while they wait for their turn. Answers how to end it. */
export type Keep = (messages: readonly Message[]) => () => void;

/** Reads the queue's visibility timeout once; rejects when the queue does not answer. */
export async function createKeeper({ client, queueUrl: QueueUrl, log }: ReceivedFrom): Promise<Keep> {
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['VisibilityTimeout'] }),
  );
  const VisibilityTimeout = Number(Attributes?.VisibilityTimeout);

  function renew(messages: readonly Message[]): void {
    const Entries = messages.map(({ ReceiptHandle }, n) => ({ Id: String(n), ReceiptHandle, VisibilityTimeout }));
    client
      .send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }))
      .catch((error) => log(`cannot keep its messages: ${String(error)}`));
  }

  return (messages) => {
    const renewing = setInterval(renew, (VisibilityTimeout * 1000) / PARTS, messages);
    return () => clearInterval(renewing);
  };
}
