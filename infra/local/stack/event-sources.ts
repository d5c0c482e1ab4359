import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { openCheckpoint } from './checkpoint.ts';
import type { Functions } from './functions.ts';
import { arnOf, clientConfig } from './identity.ts';
import type { Mapping } from './mapping.ts';
import { startQueueMapping } from './queue-mapping.ts';
import type { Declared, Resources } from './resources.ts';
import { createFilter } from './stream-filter.ts';
import { startStreamMapping } from './stream-mapping.ts';

interface MappingProperties {
  readonly BatchSize?: number;
  readonly BisectBatchOnFunctionError?: boolean;
  readonly DestinationConfig?: { readonly OnFailure?: { readonly Destination?: string } };
  readonly Enabled?: boolean;
  readonly EventSourceArn: string;
  readonly FilterCriteria?: { readonly Filters?: readonly { readonly Pattern: string }[] };
  readonly FunctionName: string;
  readonly FunctionResponseTypes?: readonly string[];
  readonly MaximumBatchingWindowInSeconds?: number;
  readonly MaximumRecordAgeInSeconds?: number;
  readonly MaximumRetryAttempts?: number;
  readonly ScalingConfig?: { readonly MaximumConcurrency?: number };
  readonly StartingPosition?: string;
}

export interface EventSourceSurroundings {
  readonly dynamodbEndpoint: string;
  readonly sqsEndpoint: string;
  readonly queueUrls: Readonly<Record<string, string>>;
  readonly checkpointFolder: string;
  readonly functions: Functions;
  log(line: string): void;
}

const DEFAULT_QUEUE_CONCURRENCY = 5;

/** Starts every enabled event source mapping. Throws for a source, a filter or a starting position not run here. */
export function startEventSources(resources: Resources, surroundings: EventSourceSurroundings): Mapping[] {
  const mappings = resources
    .ofType<MappingProperties>('AWS::Lambda::EventSourceMapping')
    .map((declared) => prepareMapping(declared, surroundings));
  return mappings.map((start) => start());
}

function prepareMapping(declared: Declared<MappingProperties>, surroundings: EventSourceSurroundings): () => Mapping {
  const { properties } = declared;
  declared.created({ ref: declared.logicalId, attributes: { Id: declared.logicalId } });
  const { EventSourceArn: source, Enabled = true } = properties;
  if (!Enabled) return () => ({ stop: async () => {} });
  const queue = queueOf(source, surroundings);
  if (queue) return () => startQueueMapping(queueOptions(properties, queue, surroundings));
  if (/:table\/.+\/stream\//.test(source)) {
    const options = streamOptions(declared.logicalId, properties, surroundings);
    return () => startStreamMapping(options);
  }
  throw new Error(`The local run does not know the event source ${source} (${declared.logicalId}).`);
}

function queueOf(arn: string, { queueUrls }: EventSourceSurroundings) {
  const found = Object.entries(queueUrls).find(([name]) => arnOf('sqs', name) === arn);
  return found && { arn, url: found[1] };
}

const reportsFailures = ({ FunctionResponseTypes = [] }: MappingProperties): boolean =>
  FunctionResponseTypes.includes('ReportBatchItemFailures');

function queueOptions(
  properties: MappingProperties,
  queue: { arn: string; url: string },
  { functions, sqsEndpoint, log }: EventSourceSurroundings,
) {
  if (properties.FilterCriteria) throw new Error('The local run does not know filters on queues.');
  return {
    endpoint: sqsEndpoint,
    queueUrl: queue.url,
    queueArn: queue.arn,
    lambda: functions.find(properties.FunctionName),
    batchSize: properties.BatchSize ?? 10,
    windowMs: (properties.MaximumBatchingWindowInSeconds ?? 0) * 1000,
    maxConcurrency: properties.ScalingConfig?.MaximumConcurrency ?? DEFAULT_QUEUE_CONCURRENCY,
    reportsFailures: reportsFailures(properties),
    log,
  };
}

function streamOptions(id: string, properties: MappingProperties, surroundings: EventSourceSurroundings) {
  const { functions, dynamodbEndpoint, checkpointFolder, log } = surroundings;
  if (properties.StartingPosition !== 'TRIM_HORIZON') {
    throw new Error(`The local run reads streams from TRIM_HORIZON only (${id}).`);
  }
  const streamArn = properties.EventSourceArn;
  return {
    endpoint: dynamodbEndpoint,
    streamArn,
    checkpoint: openCheckpoint(checkpointFolder, id, streamArn),
    passes: createFilter(properties.FilterCriteria),
    lambda: functions.find(properties.FunctionName),
    batchSize: properties.BatchSize ?? 100,
    windowMs: (properties.MaximumBatchingWindowInSeconds ?? 0) * 1000,
    reportsFailures: reportsFailures(properties),
    bisects: properties.BisectBatchOnFunctionError ?? false,
    maxRetries: properties.MaximumRetryAttempts ?? -1,
    maxAgeSeconds: properties.MaximumRecordAgeInSeconds ?? -1,
    sendToDestination: destinationOf(properties, surroundings),
    log,
  };
}

function destinationOf({ DestinationConfig }: MappingProperties, surroundings: EventSourceSurroundings) {
  const arn = DestinationConfig?.OnFailure?.Destination;
  if (!arn) return undefined;
  const queue = queueOf(arn, surroundings);
  if (!queue) throw new Error(`The local run does not know the failure destination ${arn}.`);
  return async (note: string) => {
    const client = new SQSClient(clientConfig(surroundings.sqsEndpoint));
    await client.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: note }));
    client.destroy();
  };
}
