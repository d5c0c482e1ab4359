import { Duration } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import {
  CONVERSATION_PREFIX,
  EVENT_PREFIX,
  HEAD,
  MESSAGE_PREFIX,
  ORGANIZATION_PREFIX,
  TABLE,
  USER_PREFIX,
} from '../../shared/store/keys.ts';
import { addAlarm } from './alarm.ts';
import type { QueueFunction } from './queue-function.ts';

const key = (name: string, ...values: unknown[]) => ({ [name]: { S: values.flat() } });
const messages = { Keys: key(TABLE.sortKey, FilterRule.beginsWith(MESSAGE_PREFIX)) };

/** For the sweeper: messages that are new. */
export const NEW_MESSAGES = [{ eventName: FilterRule.isEqual('INSERT'), dynamodb: messages }];

/**
 * For the publisher: what anybody outside may see a change of. Of messages not the claims and the purges, which nobody
 * sees: every message is claimed once.
 */
export const VISIBLE_CHANGES = [
  {
    dynamodb: {
      Keys: { ...key(TABLE.partitionKey, FilterRule.beginsWith(CONVERSATION_PREFIX)), ...key(TABLE.sortKey, HEAD) },
    },
  },
  ...NEW_MESSAGES,
  {
    eventName: FilterRule.isEqual('MODIFY'),
    dynamodb: {
      ...messages,
      NewImage: key('state', 'pending', 'unknown', 'sent', 'failed', 'done', 'canceled', 'moved'),
    },
  },
  {
    dynamodb: {
      Keys: key(
        TABLE.partitionKey,
        ...[ORGANIZATION_PREFIX, USER_PREFIX, EVENT_PREFIX].map((prefix) => FilterRule.beginsWith(prefix)),
      ),
    },
  },
];

export interface TableStreamProps {
  readonly changes: readonly object[];
  readonly windowSeconds: number;
  /** What is late while the function is behind. */
  readonly errorImpact: string;
}

/**
 * Feeds a function what changes in the table. What it cannot take within six hours is noted in its DLQ (shard and sequence
 * numbers, no data): the stream itself keeps 24 h. A stream takes two readers; a third would slow all of them.
 */
export function addTableStream(to: QueueFunction, table: TableV2, props: TableStreamProps): void {
  to.lambda.addEventSource(
    new DynamoEventSource(table, {
      startingPosition: StartingPosition.TRIM_HORIZON,
      filters: props.changes.map((change) => FilterCriteria.filter({ ...change })),
      batchSize: 100,
      maxBatchingWindow: Duration.seconds(props.windowSeconds),
      bisectBatchOnError: true,
      maxRecordAge: Duration.hours(6),
      retryAttempts: 100,
      onFailure: new SqsDlq(to.deadLetters),
    }),
  );
  addAlarm(to, 'IteratorAge', {
    metric: to.lambda.metric('IteratorAge', { period: Duration.minutes(1), statistic: 'Maximum' }),
    above: Duration.minutes(5).toMilliseconds(),
    periods: { breaching: 2, of: 3 },
    errorImpact: props.errorImpact,
  });
}
