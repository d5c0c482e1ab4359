import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record as StreamRecord,
} from '@aws-sdk/client-dynamodb-streams';
import { clientConfig } from './identity.ts';

export interface StreamReader {
  /** The next records in order; none when the stream has no more for now. */
  next(): Promise<StreamRecord[]>;
  readonly shardId: string;
  close(): void;
}

/**
 * Reads a table's stream from after a sequence number, else from its beginning. Throws for a stream of several shards:
 * the emulator has one, and the local run reads no more.
 */
export async function openStream(endpoint: string, StreamArn: string, after?: string): Promise<StreamReader> {
  const client = new DynamoDBStreamsClient(clientConfig(endpoint));
  const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn }));
  const [shard, ...others] = StreamDescription?.Shards ?? [];
  if (!shard?.ShardId || others.length > 0) throw new Error(`The stream ${StreamArn} does not have one shard.`);
  const { ShardId } = shard;
  let position = after;
  let iterator: string | undefined;

  async function openIterator(): Promise<string | undefined> {
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({
        StreamArn,
        ShardId,
        ShardIteratorType: position ? 'AFTER_SEQUENCE_NUMBER' : 'TRIM_HORIZON',
        SequenceNumber: position,
      }),
    );
    return ShardIterator;
  }

  return {
    shardId: ShardId,
    async next() {
      iterator ??= await openIterator();
      const ShardIterator = iterator;
      iterator = undefined;
      const { Records = [], NextShardIterator } = await client.send(new GetRecordsCommand({ ShardIterator }));
      iterator = NextShardIterator;
      position = Records.at(-1)?.dynamodb?.SequenceNumber ?? position;
      return Records;
    },
    close: () => client.destroy(),
  };
}
