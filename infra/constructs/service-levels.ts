import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import type { Stage } from '../stages.ts';
import { addAlarm } from './alarm.ts';
import { ownMetric, percentage, TOUCHPOINT_NAMES, type TouchpointName } from './metrics.ts';

export interface ServiceLevelsProps {
  readonly stage: Stage;
  readonly table: TableV2;
  /** Concurrent executions that the account has in this region; 1,000 unless it was raised. */
  readonly accountConcurrency: number;
}

/** Fewer messages in five minutes say nothing about a touchpoint. */
const FEWEST_MESSAGES = 20;

/** What users would notice though no function fails and no queue is behind, and the walls of the account. */
export class ServiceLevels extends Construct {
  constructor(scope: Construct, id: string, { stage, table, accountConcurrency }: ServiceLevelsProps) {
    super(scope, id);
    for (const touchpoint of TOUCHPOINT_NAMES) addTouchpointAlarms(this, stage, touchpoint);
    addSweptAlarm(this, stage);
    addTableAlarm(this, table);
    addAccountAlarms(this, accountConcurrency);
    addReputationAlarms(this);
  }
}

function addTouchpointAlarms(scope: Construct, stage: Stage, touchpoint: TouchpointName): void {
  const own = (name: 'MessageSent' | 'MessageFailed' | 'MessageUnknown') =>
    ownMetric({ stage, by: touchpoint, name, touchpoint });
  const all = new MathExpression({
    expression: 'FILL(sent, 0) + FILL(failed, 0)',
    usingMetrics: { sent: own('MessageSent'), failed: own('MessageFailed') },
    period: Duration.minutes(5),
  });
  addAlarm(scope, `${touchpoint}Failing`, {
    metric: percentage(`Messages by ${touchpoint} that fail, %`, {
      part: own('MessageFailed'),
      whole: all,
      fewest: FEWEST_MESSAGES,
    }),
    above: 5,
    periods: { breaching: 2, of: 3 },
    errorImpact: `More than 5 % of the messages by ${touchpoint} fail for good: people do not get what was accepted for them.`,
  });
  addAlarm(scope, `${touchpoint}Unclear`, {
    metric: own('MessageUnknown'),
    above: 0,
    errorImpact:
      `Of messages by ${touchpoint} nobody knows whether the provider took them: ` +
      'they wait for evidence, then the policy sends them again or gives them up.',
  });
  addAlarm(scope, `${touchpoint}Late`, {
    metric: ownMetric({ stage, by: 'worker', name: 'Lateness', touchpoint, statistic: 'p99' }),
    above: 5_000,
    periods: { breaching: 2, of: 3 },
    errorImpact: `One in a hundred messages by ${touchpoint} is handed over more than 5 s after its moment.`,
  });
}

function addSweptAlarm(scope: Construct, stage: Stage): void {
  addAlarm(scope, 'Swept', {
    metric: percentage('Messages whose first tick was lost, %', {
      part: ownMetric({ stage, by: 'sweeper', name: 'SweptTick' }),
      whole: ownMetric({ stage, by: 'sweeper', name: 'MessageChecked' }),
      fewest: FEWEST_MESSAGES,
    }),
    above: 0.1,
    periods: { breaching: 2, of: 3 },
    errorImpact: 'The direct way of messages fails: they leave a minute late, when the sweeper finds them.',
  });
}

function addTableAlarm(scope: Construct, { tableName: TableName }: TableV2): void {
  const throttled = (metricName: string) =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      dimensionsMap: { TableName },
      statistic: 'Sum',
      period: Duration.minutes(1),
    });
  addAlarm(scope, 'TableThrottled', {
    metric: new MathExpression({
      expression: 'FILL(reads, 0) + FILL(writes, 0)',
      label: 'Throttled reads and writes',
      usingMetrics: { reads: throttled('ReadThrottleEvents'), writes: throttled('WriteThrottleEvents') },
      period: Duration.minutes(1),
    }),
    above: 0,
    periods: { breaching: 3, of: 5 },
    errorImpact: 'The table refuses work: requests are answered 503 and messages are late.',
  });
}

function addAccountAlarms(scope: Construct, accountConcurrency: number): void {
  const lambda = (metricName: string, statistic: string) =>
    new Metric({ namespace: 'AWS/Lambda', metricName, statistic, period: Duration.minutes(1) });
  addAlarm(scope, 'FunctionsThrottled', {
    metric: lambda('Throttles', 'Sum'),
    above: 0,
    periods: { breaching: 2, of: 3 },
    errorImpact: 'Functions of this account are not started: requests are answered 5xx, queues are behind.',
  });
  addAlarm(scope, 'ConcurrencyNearlyUsed', {
    metric: lambda('ConcurrentExecutions', 'Maximum'),
    above: 0.8 * accountConcurrency,
    periods: { breaching: 2, of: 3 },
    errorImpact: 'Four fifths of the concurrency of this account are in use: soon functions are not started any more.',
  });
}

/** SES puts an account under review at 5 % and 0.1 %, and pauses it at 10 % and 0.5 %. */
function addReputationAlarms(scope: Construct): void {
  const reputation = (metricName: string) =>
    new Metric({ namespace: 'AWS/SES', metricName, statistic: 'Maximum', period: Duration.hours(1) });
  addAlarm(scope, 'MailBounces', {
    metric: reputation('Reputation.BounceRate'),
    above: 0.05,
    errorImpact: 'More than 5 % of the mails of this account bounce: SES may stop sending for everybody.',
  });
  addAlarm(scope, 'MailComplaints', {
    metric: reputation('Reputation.ComplaintRate'),
    above: 0.001,
    errorImpact: 'More than 0.1 % of the mails of this account are called spam: SES may stop sending for everybody.',
  });
}
