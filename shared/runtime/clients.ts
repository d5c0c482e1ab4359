import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** One of each per process, made at load. Where they point is the environment's business (`AWS_ENDPOINT_URL_*`). */
export const createDocumentClient = (client = new DynamoDBClient({})): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });

/**
 * Gives up a call that hangs within seconds. For functions that live longer than `api`: a message of theirs, too, must be
 * stored within the time that the worker looks back for late arrivals (docs/architecture.md, order).
 */
export const createImpatientClient = (): DynamoDBClient =>
  new DynamoDBClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_500, throwOnRequestTimeout: true },
  });

export const createQueueClient = (): SQSClient => new SQSClient({});

export const createObjectClient = (): S3Client => new S3Client({});

export const createEventsClient = (): EventBridgeClient => new EventBridgeClient({});

/** Gives up within seconds, far from the end of an invocation: what it is asked for can go another way. */
export const createSchedulerClient = (): SchedulerClient =>
  new SchedulerClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 500, requestTimeout: 1_500, throwOnRequestTimeout: true },
  });
