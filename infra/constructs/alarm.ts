import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

export interface ImpactAlarmProps {
  readonly metric: IMetric;
  /** The alarm fires when the metric is above this value. */
  readonly above: number;
  /** Periods looked at, and how many of them must be above; default: one of one. */
  readonly periods?: { readonly breaching: number; readonly of: number };
  /** What a customer or an operator loses while this alarm is on: the first thing its reader sees. */
  readonly errorImpact: string;
}

/** An alarm whose description says what it means. No data is no problem: idle queues and functions report nothing. */
export function addAlarm(scope: Construct, id: string, props: ImpactAlarmProps): Alarm {
  const { breaching, of } = props.periods ?? { breaching: 1, of: 1 };
  return new Alarm(scope, id, {
    metric: props.metric,
    threshold: props.above,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: of,
    datapointsToAlarm: breaching,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    alarmDescription: props.errorImpact,
  });
}
