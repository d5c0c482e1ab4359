import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { aroundCalls, type ClientCall, conflictOf } from './api-faults.ts';

interface Write {
  readonly keys: readonly string[];
  readonly isTransaction: boolean;
}

const keyOf = ({ pk, sk }: { pk: unknown; sk: unknown }): string => JSON.stringify([pk, sk]);

const writeOf = ({ command, input }: ClientCall): Write => {
  const isTransaction = command.startsWith('TransactWrite');
  const actions: { Key?: never; Item?: never }[] = isTransaction
    ? input.TransactItems.flatMap((action: object) => Object.values(action))
    : [input];
  return { isTransaction, keys: actions.map(({ Key, Item }) => keyOf(Key ?? Item ?? { pk: '', sk: '' })) };
};

/**
 * Has the writes of a client meet each other as in DynamoDB, which the emulator never does: one that comes while a
 * transaction has the item, or a transaction that comes while the item is written, is refused. A share of all writes
 * is refused besides, as if it met somebody else.
 */
export function haveWritesMeet(client: DynamoDBDocumentClient, random: () => number, share: number): void {
  const going = new Set<Write>();
  aroundCalls(client, async (call, proceed) => {
    const conflict = conflictOf(call);
    if (!conflict) return proceed();
    const write = writeOf(call);
    const meets = [...going].some(
      (other) => (write.isTransaction || other.isTransaction) && other.keys.some((key) => write.keys.includes(key)),
    );
    if (meets || random() < share) throw conflict;
    going.add(write);
    try {
      return await proceed();
    } finally {
      going.delete(write);
    }
  });
}
