import { TransactionCanceledException, TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { SendMessageBatchCommand, type SendMessageBatchCommandInput, type SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** A call of a client, by the name of its command (`TransactWriteItemsCommand`). */
export interface ClientCall {
  readonly command: string;
  // biome-ignore lint/suspicious/noExplicitAny: the input of whatever command it is
  readonly input: any;
}

type Around = (call: ClientCall, proceed: () => Promise<unknown>) => Promise<unknown>;

/** Runs every call of a client through `around`, which may let it through, answer in its place or throw. */
export function aroundCalls(client: DynamoDBDocumentClient | SQSClient, around: Around): void {
  const stack = client.middlewareStack as { add(middleware: unknown, options: object): void };
  stack.add(
    (next: (args: { input: object }) => Promise<unknown>, context: { commandName: string }) =>
      (args: { input: object }) =>
        around({ command: context.commandName, input: args.input }, () => next(args)),
    { step: 'initialize', name: 'aroundCalls', override: true },
  );
}

const metadata = { $metadata: { httpStatusCode: 400 } };

/** What DynamoDB answers to a write that meets another one on the same item. Nothing is written. */
export const conflictOf = ({ command, input }: ClientCall): Error | undefined => {
  if (command === 'TransactWriteCommand' || command === 'TransactWriteItemsCommand') {
    const reasons = input.TransactItems.map((_: unknown, index: number) => ({
      Code: index === 0 ? 'TransactionConflict' : 'None',
    }));
    return new TransactionCanceledException({ message: 'conflict', CancellationReasons: reasons, ...metadata });
  }
  const writes = ['UpdateCommand', 'UpdateItemCommand', 'PutCommand', 'PutItemCommand'];
  return writes.includes(command) ? new TransactionConflictException({ message: 'conflict', ...metadata }) : undefined;
};

/** A queue that refuses: answers which entries fail, or throws. */
export function refuseEntries(client: SQSClient, refused: (index: number) => boolean): void {
  aroundCalls(client, async ({ command, input }, proceed) => {
    if (command !== SendMessageBatchCommand.name) return proceed();
    const { Entries = [] } = input as SendMessageBatchCommandInput;
    const failing = Entries.filter(({ Id }) => refused(Number(Id)));
    const passing = Entries.filter((entry) => !failing.includes(entry));
    input.Entries = passing;
    const answer = passing.length > 0 ? ((await proceed()) as { output: object }) : { output: {} };
    const Failed = failing.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false }));
    return { ...answer, output: { $metadata: {}, ...answer.output, Failed } };
  });
}
