import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** What a piece of work took of the table: as DynamoDB bills it, indexes included. */
export interface Usage {
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly calls: number;
  /** Names of the commands, in order. */
  readonly commands: readonly string[];
}

export interface Meter {
  measure<T>(work: () => Promise<T>): Promise<{ result: T; usage: Usage }>;
}

interface Consumed {
  readonly CapacityUnits?: number;
  readonly ReadCapacityUnits?: number;
  readonly WriteCapacityUnits?: number;
}

const READS: ReadonlySet<string> = new Set(['GetItemCommand', 'BatchGetItemCommand', 'QueryCommand']);

/** Has the emulator say what each call of a client consumes, and adds it up. */
export function createMeter(client: DynamoDBDocumentClient): Meter {
  let calls: { command: string; units: number }[] = [];
  const stack = client.middlewareStack as { add(middleware: unknown, options: object): void };
  stack.add(
    (
      next: (args: { input: object }) => Promise<{ output: { ConsumedCapacity?: Consumed | Consumed[] } }>,
      context: { commandName: string },
    ) =>
      async (args: { input: object }) => {
        const answer = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } });
        const consumed = [answer.output.ConsumedCapacity ?? []].flat();
        const units = consumed.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
        calls.push({ command: context.commandName, units });
        return answer;
      },
    { step: 'initialize', name: 'meter', override: true },
  );
  return {
    async measure(work) {
      calls = [];
      const result = await work();
      const sum = (isRead: boolean) =>
        calls.filter(({ command }) => READS.has(command) === isRead).reduce((total, { units }) => total + units, 0);
      return {
        result,
        usage: {
          writeUnits: sum(false),
          readUnits: sum(true),
          calls: calls.length,
          commands: calls.map(({ command }) => command),
        },
      };
    },
  };
}
