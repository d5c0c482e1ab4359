import { Agent, request } from 'node:http';
import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Anything, Command } from './table.ts';

type Convert = (values: Anything) => Anything;

/** Where requests and answers carry attribute values: as one map, or as a list of maps. */
const MAPS = new Set([
  'Item',
  'Key',
  'ExpressionAttributeValues',
  'ExclusiveStartKey',
  'Attributes',
  'LastEvaluatedKey',
]);
const LISTS = new Set(['Keys', 'Items']);

/** A copy of a request or an answer with its attribute values converted. */
function convertIn(node: Anything, convert: Convert): Anything {
  if (Array.isArray(node)) return node.map((one) => convertIn(one, convert));
  if (typeof node !== 'object' || node === null) return node;
  const copy: Record<string, Anything> = {};
  for (const [name, value] of Object.entries<Anything>(node)) {
    if (MAPS.has(name)) copy[name] = value && convert(value);
    else if (LISTS.has(name)) copy[name] = value.map(convert);
    else copy[name] = convertIn(value, convert);
  }
  return copy;
}

const toAttributes: Convert = (values) => marshall(values, { removeUndefinedValues: true });

/** `BatchGetItem` answers its items by table, without a word like the others'. */
function toValues({ Responses, ...answer }: Anything): Anything {
  const values = convertIn(answer, unmarshall);
  if (!Responses) return values;
  const tables = Object.entries<Anything[]>(Responses).map(([table, items]) => [
    table,
    items.map((item) => unmarshall(item)),
  ]);
  return { ...values, Responses: Object.fromEntries(tables) };
}

/** The errors that the stores tell apart by their class, the others by their name. Items in them stay as they came. */
function errorOf({ __type, ...answer }: Anything): Error {
  const name = String(__type).split('#').at(-1);
  const told = { ...answer, message: answer.message ?? answer.Message ?? name, $metadata: {} };
  if (name === 'ConditionalCheckFailedException') return new ConditionalCheckFailedException(told);
  if (name === 'TransactionCanceledException') return new TransactionCanceledException(told);
  return Object.assign(new Error(told.message), { name });
}

/** Not checked by an emulator, but wanted. */
const HEADERS = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-date': '20260101T000000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=local',
};

/**
 * A document client that speaks DynamoDB's protocol itself, without signatures, checksums and repetitions: the SDK's
 * own work is most of a run's. `engine.test.ts` shows that a run is the same through the SDK.
 */
export function createWireClient(endpoint: string): DynamoDBDocumentClient {
  const { hostname, port } = new URL(endpoint);
  const agent = new Agent({ keepAlive: true });
  const post = (operation: string, body: string): Promise<{ status: number | undefined; body: string }> =>
    new Promise((resolve, reject) => {
      const headers = { ...HEADERS, 'x-amz-target': `DynamoDB_20120810.${operation}` };
      const call = request({ hostname, port, method: 'POST', agent, headers }, (response) => {
        let answer = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          answer += chunk;
        });
        response.once('error', reject);
        response.once('end', () => resolve({ status: response.statusCode, body: answer }));
      });
      call.once('error', reject);
      call.end(body);
    });
  const send = async (command: Command): Promise<Anything> => {
    const operation = OPERATION[command.constructor.name] ?? '';
    const answer = await post(operation, JSON.stringify(convertIn(command.input, toAttributes)));
    const content = JSON.parse(answer.body);
    if (answer.status !== 200) throw errorOf(content);
    return toValues(content);
  };
  return { send } as unknown as DynamoDBDocumentClient;
}

const OPERATION: Readonly<Record<string, string>> = {
  GetCommand: 'GetItem',
  PutCommand: 'PutItem',
  UpdateCommand: 'UpdateItem',
  DeleteCommand: 'DeleteItem',
  QueryCommand: 'Query',
  TransactWriteCommand: 'TransactWriteItems',
  BatchGetCommand: 'BatchGetItem',
  BatchWriteCommand: 'BatchWriteItem',
};
