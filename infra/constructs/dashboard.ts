import { Duration, Stack } from 'aws-cdk-lib';
import {
  Dashboard as CloudWatchDashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  PeriodOverride,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Stage } from '../stages.ts';
import type { HttpApi } from './http-api.ts';
import { ownMetric, TOUCHPOINT_NAMES } from './metrics.ts';
import type { NodeFunction } from './node-function.ts';
import type { QueueFunction } from './queue-function.ts';

export interface DashboardProps {
  readonly stage: Stage;
  readonly http: HttpApi;
  /** Those whose logs say that a message failed. */
  readonly tellers: readonly NodeFunction[];
  readonly queues: readonly QueueFunction[];
}

const WIDTH = 24;

/**
 * Three questions from top to bottom: is it working, for whom not, and why. At most 50 metrics: more would cost. "For
 * whom" is asked of the logs, because an organization as a dimension would make a metric of each.
 */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const dashboard = new CloudWatchDashboard(this, 'Dashboard', {
      // Dashboards are the account's, not the region's: a second region would be refused the first one's name.
      dashboardName: `overture-${props.stage}-${Stack.of(this).region}`,
      defaultInterval: Duration.hours(3),
      periodOverride: PeriodOverride.AUTO,
    });
    dashboard.addWidgets(heading('Is it working?'));
    dashboard.addWidgets(...isItWorking(props));
    dashboard.addWidgets(heading('For whom not?'));
    dashboard.addWidgets(...forWhomNot(props));
    dashboard.addWidgets(heading('Why?'));
    dashboard.addWidgets(...why(props));
  }
}

const heading = (question: string): IWidget => new TextWidget({ markdown: `## ${question}`, width: WIDTH, height: 1 });

const graph = (title: string, left: readonly IMetric[], right: readonly IMetric[] = []): IWidget =>
  new GraphWidget({ title, left: [...left], right: [...right], width: WIDTH / 3, height: 6 });

function isItWorking({ stage, http }: DashboardProps): IWidget[] {
  const accepted = (['api', 'bulk', 'ingest', 'publisher'] as const).map((by) =>
    ownMetric({ stage, by, name: 'MessageAccepted', label: `MessageAccepted ${by}` }),
  );
  const ofTouchpoints = (name: 'MessageSent' | 'MessageFailed') =>
    TOUCHPOINT_NAMES.map((by) => ownMetric({ stage, by, name, touchpoint: by, label: `${name} ${by}` }));
  return [
    graph('Requests, and their 99th percentile in ms', [http.requests(), http.serverErrors()], [http.latency()]),
    graph('Accepted and sent', [...accepted, ...ofTouchpoints('MessageSent')]),
    graph('How late messages are handed over, ms (p99)', [
      ...TOUCHPOINT_NAMES.map((touchpoint) =>
        ownMetric({ stage, by: 'worker', name: 'Lateness', touchpoint, statistic: 'p99', label: touchpoint }),
      ),
    ]),
  ];
}

function forWhomNot({ tellers }: DashboardProps): IWidget[] {
  const failures = (title: string, by: string) =>
    new LogQueryWidget({
      title,
      logGroupNames: tellers.map(({ logGroup }) => logGroup.logGroupName),
      view: LogQueryVisualizationType.TABLE,
      queryLines: [
        'filter message = "A message failed."',
        `stats count(*) as failed by ${by}`,
        'sort failed desc',
        'limit 20',
      ],
      width: WIDTH / 2,
      height: 6,
    });
  return [
    failures('Failed messages by organization', 'organization, touchpoint'),
    failures('Failed messages by reason', 'touchpoint, provider, code'),
  ];
}

function why({ stage, queues }: DashboardProps): IWidget[] {
  const byTouchpoint = (name: 'MessageFailed' | 'MessageUnknown' | 'MessageRetried') =>
    TOUCHPOINT_NAMES.map((by) => ownMetric({ stage, by, name, touchpoint: by, label: `${name} ${by}` }));
  const minute = { period: Duration.minutes(1) };
  return [
    graph('Refused, unclear, refused for now', [
      ...byTouchpoint('MessageFailed'),
      ...byTouchpoint('MessageUnknown'),
      ...byTouchpoint('MessageRetried'),
    ]),
    graph(
      'Waiting longest in each queue, s; and what was given up',
      queues.map(({ name, queue }) =>
        queue.metricApproximateAgeOfOldestMessage({ ...minute, statistic: 'Maximum', label: name }),
      ),
      queues.map(({ name, deadLetters }) =>
        deadLetters.metricApproximateNumberOfMessagesVisible({ ...minute, statistic: 'Maximum', label: `${name} DLQ` }),
      ),
    ),
    graph('Repaired on the way', [
      ownMetric({ stage, by: 'api', name: 'EnqueueFailed', label: 'ticks that no queue took' }),
      ownMetric({ stage, by: 'sweeper', name: 'SweptTick', label: 'ticks by the sweeper' }),
      ownMetric({ stage, by: 'api', name: 'WriteContended', label: 'writes that met others' }),
      ownMetric({ stage, by: 'hooks', name: 'CallbackRefused', label: 'callbacks refused' }),
    ]),
  ];
}
