import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { FunctionName } from '../bundle/functions.ts';
import type { Stage } from '../stages.ts';

export const TOUCHPOINT_NAMES = ['email', 'sms', 'whatsapp'] as const;
export type TouchpointName = (typeof TOUCHPOINT_NAMES)[number];

/** Which of the metrics that the functions write (`shared/runtime/observe.ts`), by whom and how it is added up. */
export interface OwnMetric {
  readonly stage: Stage;
  readonly by: FunctionName;
  readonly name: string;
  readonly touchpoint?: TouchpointName;
  readonly statistic?: string;
  readonly period?: Duration;
  readonly label?: string;
}

/** A metric with exactly the dimensions that it is written with: another set would be another metric, for ever empty. */
export const ownMetric = ({ stage, by, name, touchpoint, ...rest }: OwnMetric): Metric =>
  new Metric({
    namespace: 'Overture',
    metricName: name,
    dimensionsMap: { service: by, stage, ...(touchpoint && { touchpoint }) },
    statistic: 'Sum',
    period: Duration.minutes(5),
    ...rest,
  });

/** The share of `part` in `whole`, in percent; nothing where there is too little to say. */
export const percentage = (
  label: string,
  { part, whole, fewest = 1 }: { part: IMetric; whole: IMetric; fewest?: number },
): MathExpression =>
  new MathExpression({
    expression: `IF(FILL(whole, 0) >= ${fewest}, 100 * FILL(part, 0) / FILL(whole, 1), 0)`,
    label,
    usingMetrics: { part, whole },
    period: Duration.minutes(5),
  });
