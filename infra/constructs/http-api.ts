import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi as Api,
  HttpMethod,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Stage, StageSettings } from '../stages.ts';
import { acknowledge } from './acknowledge.ts';
import { addAlarm } from './alarm.ts';

/** No path, address or agent of the caller: a log line is for counting and timing, the function's own lines for the rest. */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  routeKey: '$context.routeKey',
  status: '$context.status',
  latencyMs: '$context.responseLatency',
  integrationLatencyMs: '$context.integrationLatency',
  integrationError: '$context.integrationErrorMessage',
  requestedAt: '$context.requestTimeEpoch',
};

export interface HttpApiProps {
  readonly stage: Stage;
  readonly settings: StageSettings;
  /** What callers lose while the API answers 5xx. */
  readonly errorImpact: string;
}

/** The front door. It exists before its functions, which are told its address; `route` then says what leads where. */
export class HttpApi extends Construct {
  readonly endpoint: string;
  readonly #api: Api;
  readonly #integrations = new Map<IFunction, HttpLambdaIntegration>();

  constructor(scope: Construct, id: string, props: HttpApiProps) {
    super(scope, id);
    const { settings } = props;
    this.#api = new Api(this, 'Api', { apiName: `overture-${props.stage}`, createDefaultStage: false });
    this.endpoint = this.#api.apiEndpoint;
    const logGroup = new LogGroup(this, 'AccessLogs', {
      retention: settings.logRetentionDays,
      removalPolicy: settings.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    const stage = new HttpStage(this, 'Stage', {
      httpApi: this.#api,
      autoDeploy: true,
      throttle: { rateLimit: settings.apiRatePerSecond, burstLimit: settings.apiBurstRequests },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logGroup),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
    });
    const period = Duration.minutes(1);
    addAlarm(this, 'ServerErrors', {
      metric: new MathExpression({
        expression: '100 * errors / MAX([errors, requests])',
        label: 'Requests answered with 5xx, %',
        usingMetrics: {
          errors: stage.metricServerError({ period }),
          requests: stage.metricCount({ period, statistic: 'Sum' }),
        },
        period,
      }),
      above: 0.5,
      periods: { breaching: 2, of: 3 },
      errorImpact: props.errorImpact,
    });
  }

  /** Sends every method of a path to a function; `$default` is every path that no other route takes. */
  route(path: string, lambda: IFunction): void {
    const integration = this.#integrations.get(lambda) ?? new HttpLambdaIntegration('Integration', lambda);
    this.#integrations.set(lambda, integration);
    const isDefault = path === HttpRouteKey.DEFAULT.key;
    const routeKey = isDefault ? HttpRouteKey.DEFAULT : HttpRouteKey.with(path, HttpMethod.ANY);
    const route = new HttpRoute(this, isDefault ? 'DefaultRoute' : `ANY ${path}`, {
      httpApi: this.#api,
      routeKey,
      integration,
    });
    acknowledge(
      route,
      'AwsSolutions-APIG4',
      'The function authorizes: api checks the bearer token (JWT and scopes), hooks the provider signature ' +
        'over the raw body, which no API Gateway authorizer is given.',
    );
  }
}
