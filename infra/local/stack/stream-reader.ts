import { CREDENTIALS, REGION } from './identity.ts';

/** A record as the service writes it in JSON, which is also how a function gets it. */
export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: string;
  readonly dynamodb: { readonly ApproximateCreationDateTime: number; readonly SequenceNumber: string };
}

export interface StreamReader {
  /** The next records in order; none when the stream has no more for now. */
  next(): Promise<StreamRecord[]>;
  readonly shardId: string;
}

/**
 * Reads a table's stream from after a sequence number, else from its beginning. Throws for a stream of several shards:
 * the emulator has one, and the local run reads no more.
 */
export async function openStream(endpoint: string, StreamArn: string, after?: string): Promise<StreamReader> {
  const call = <T>(operation: string, input: object) => callStreams<T>(endpoint, operation, input);
  const { StreamDescription } = await call<{ StreamDescription: { Shards?: { ShardId: string }[] } }>(
    'DescribeStream',
    { StreamArn },
  );
  const [shard, ...others] = StreamDescription.Shards ?? [];
  if (!shard || others.length > 0) throw new Error(`The stream ${StreamArn} does not have one shard.`);
  const { ShardId } = shard;
  let position = after;
  let iterator: string | undefined;

  async function openIterator(): Promise<string> {
    const from = position
      ? { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: position }
      : { ShardIteratorType: 'TRIM_HORIZON' };
    const input = { StreamArn, ShardId, ...from };
    return (await call<{ ShardIterator: string }>('GetShardIterator', input)).ShardIterator;
  }

  return {
    shardId: ShardId,
    async next() {
      iterator ??= await openIterator();
      const ShardIterator = iterator;
      iterator = undefined;
      const answer = await call<{ Records?: StreamRecord[]; NextShardIterator?: string }>('GetRecords', {
        ShardIterator,
      });
      iterator = answer.NextShardIterator;
      position = answer.Records?.at(-1)?.dynamodb.SequenceNumber ?? position;
      return answer.Records ?? [];
    },
  };
}

/** Emulators want a signature to be there, not to be right. */
const SIGNED = {
  'x-amz-date': '20200101T000000Z',
  authorization:
    `AWS4-HMAC-SHA256 Credential=${CREDENTIALS.accessKeyId}/20200101/${REGION}/dynamodb/aws4_request, ` +
    'SignedHeaders=host, Signature=0',
};

/** By hand: the SDK would turn every image of every record into objects, which costs more than the functions do. */
async function callStreams<T>(endpoint: string, operation: string, input: object): Promise<T> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDBStreams_20120810.${operation}`,
      ...SIGNED,
    },
    body: JSON.stringify(input),
  });
  if (!response.ok) throw new Error(`${operation} failed: ${await response.text()}`);
  return (await response.json()) as T;
}
