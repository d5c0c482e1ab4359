import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/** The only fields that may be logged: ids, codes and numbers. Nothing a person wrote, no address, no name. */
export interface LogFields {
  readonly organization?: string;
  readonly conversation?: string;
  readonly message?: string;
  readonly key?: string;
  readonly attempt?: number;
  readonly touchpoint?: string;
  readonly provider?: string;
  readonly service?: string;
  readonly state?: string;
  readonly code?: string;
  readonly status?: number;
  readonly count?: number;
  readonly milliseconds?: number;
  readonly requestId?: string;
  readonly route?: string;
  /** Of an error: its class name, and our own stack frames without the message. */
  readonly errorName?: string;
  readonly errorStack?: string;
}

export interface Observer {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, error: unknown, fields?: LogFields): void;
  /** Adds to a metric of CloudWatch; `touchpoint` is the only dimension a caller may add. */
  count(metric: MetricName, value?: number, touchpoint?: string): void;
  duration(metric: MetricName, milliseconds: number, touchpoint?: string): void;
  /** Writes out what was counted; at the end of every invocation. */
  flush(): void;
}

export type MetricName =
  | 'ConversationStarted'
  | 'MessageAccepted'
  | 'MessageSent'
  | 'MessageFailed'
  | 'MessageUnknown'
  | 'MessageSentAgain'
  | 'MessageRetried'
  | 'MessagePaced'
  | 'MessageHeld'
  | 'TouchpointGivenUp'
  | 'ReceiptReceived'
  | 'ReceiptFinal'
  | 'ReceiptParked'
  | 'ReplyReceived'
  | 'CallbackRefused'
  | 'EventIgnored'
  | 'StartRefused'
  | 'RowAccepted'
  | 'RowRefused'
  | 'EnqueueFailed'
  | 'ScheduleFailed'
  | 'MessageChecked'
  | 'SweptTick'
  | 'WriteContended'
  | 'ClockAhead'
  | 'EventLost'
  | 'EventRefused'
  | 'WebhookTaken'
  | 'WebhookFailed'
  | 'WebhookGivenUp'
  | 'WebhookDisabled'
  | 'WebhookAnswerRefused'
  | 'Lateness';

const framesOf = (stack: string | undefined): string | undefined =>
  stack
    ?.split('\n')
    .filter((line) => line.trimStart().startsWith('at '))
    .slice(0, 8)
    .join('\n');

/** An error without its message, which may quote what a person wrote or where they live. */
export const errorFields = (error: unknown): LogFields =>
  error instanceof Error ? { errorName: error.name, errorStack: framesOf(error.stack) } : { errorName: typeof error };

/** JSON log lines and EMF metrics on stdout, service and stage taken from the environment. */
export function createObserver(stage: string): Observer {
  const logger = new Logger();
  const metrics = new Metrics({ defaultDimensions: { stage } });
  const record = (
    metric: MetricName,
    unit: (typeof MetricUnit)[keyof typeof MetricUnit],
    value: number,
    touchpoint?: string,
  ) => {
    if (touchpoint === undefined) {
      metrics.addMetric(metric, unit, value);
      return;
    }
    metrics.singleMetric().addDimension('touchpoint', touchpoint).addMetric(metric, unit, value);
  };
  return {
    info: (message, fields = {}) => logger.info(message, { ...fields }),
    warn: (message, fields = {}) => logger.warn(message, { ...fields }),
    error: (message, error, fields = {}) => logger.error(message, { ...fields, ...errorFields(error) }),
    count: (metric, value = 1, touchpoint) => record(metric, MetricUnit.Count, value, touchpoint),
    duration: (metric, milliseconds, touchpoint) => record(metric, MetricUnit.Milliseconds, milliseconds, touchpoint),
    flush: () => {
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}
