import { Duration } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { MESSAGE_PREFIX, TABLE } from '../../shared/store/keys.ts';
import type { StageSettings } from '../stages.ts';
import { addAlarm } from './alarm.ts';
import type { QueueFunction } from './queue-function.ts';

/**
 * Feeds a function the keys of new messages from the table's stream. What it cannot take within six hours is noted in
 * its DLQ (shard and sequence numbers, no data): the stream itself keeps 24 h.
 */
export function addTableStream(to: QueueFunction, table: TableV2, settings: StageSettings): void {
  to.lambda.addEventSource(
    new DynamoEventSource(table, {
      startingPosition: StartingPosition.TRIM_HORIZON,
      filters: [
        FilterCriteria.filter({
          eventName: FilterRule.isEqual('INSERT'),
          dynamodb: { Keys: { [TABLE.sortKey]: { S: FilterRule.beginsWith(MESSAGE_PREFIX) } } },
        }),
      ],
      batchSize: 100,
      maxBatchingWindow: Duration.seconds(settings.streamWindowSeconds),
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
    errorImpact: 'The sweeper reads the table stream late: messages whose first tick was lost wait minutes or longer.',
  });
}
