import { Duration } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { FunctionName } from '../bundle/functions.ts';
import type { Stage } from '../stages.ts';
import { addAlarm } from './alarm.ts';
import { ownMetric, type TouchpointName } from './metrics.ts';

/** Longer than the horizon of every provider but AWS's SMS (72 h), whose last word comes within minutes as a rule. */
const HORIZON = Duration.hours(24);
/** Fewer say nothing about a provider. */
const FEWEST_SENT = 20;

export interface ReceiptHorizonProps {
  readonly stage: Stage;
  readonly touchpoint: TouchpointName;
  /** Share of the messages sent within the horizon that have no final receipt, in percent. */
  readonly abovePercent: number;
}

/**
 * Alarms when messages are sent and nothing final is heard of them. It compares two sums: a timer per message would cost
 * more than its receipt (decision 0014).
 */
export class ReceiptHorizon extends Construct {
  constructor(scope: Construct, id: string, { stage, touchpoint, abovePercent }: ReceiptHorizonProps) {
    super(scope, id);
    const sumOf = (name: string, by: FunctionName) => ownMetric({ stage, by, name, touchpoint, period: HORIZON });
    addAlarm(this, 'Missing', {
      metric: new MathExpression({
        expression: `IF(sent > ${FEWEST_SENT}, 100 * (sent - FILL(final, 0)) / sent, 0)`,
        label: `Messages by ${touchpoint} without a final receipt, %`,
        usingMetrics: { sent: sumOf('MessageSent', touchpoint), final: sumOf('ReceiptFinal', 'hooks') },
        period: HORIZON,
      }),
      above: abovePercent,
      errorImpact:
        `Of more than ${abovePercent} % of the messages by ${touchpoint} nobody hears whether they arrived: ` +
        'failures go unseen, and unclear messages are failed or sent twice.',
    });
  }
}
