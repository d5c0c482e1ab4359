import { CfnOutput, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi as Api,
  ApiMapping,
  DomainName,
  HttpMethod,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { MathExpression, type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { CustomDomain, Stage, StageSettings } from '../stages.ts';
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

const MINUTE = { period: Duration.minutes(1) };
const SLOW_MS = 500;

export interface HttpApiProps {
  readonly stage: Stage;
  readonly settings: StageSettings;
  /** What callers lose while the API answers 5xx. */
  readonly errorImpact: string;
}

/** The front door. It exists before its functions, which are told its address; `route` then says what leads where. */
export class HttpApi extends Construct {
  /** Where it is reached, without a slash at the end: the name of the stage's edge or domain, if it has one. */
  readonly endpoint: string;
  readonly logGroup: LogGroup;
  readonly #api: Api;
  readonly #stage: HttpStage;
  readonly #integrations = new Map<IFunction, HttpLambdaIntegration>();

  constructor(scope: Construct, id: string, props: HttpApiProps) {
    super(scope, id);
    const { settings } = props;
    const { domain } = settings;
    this.#api = new Api(this, 'Api', {
      apiName: `overture-${props.stage}`,
      createDefaultStage: false,
      // With a domain of its own there is one way in, or a firewall before it could be walked around.
      disableExecuteApiEndpoint: domain !== undefined,
    });
    this.logGroup = new LogGroup(this, 'AccessLogs', {
      retention: settings.logRetentionDays,
      removalPolicy: settings.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    this.#stage = new HttpStage(this, 'Stage', {
      httpApi: this.#api,
      autoDeploy: true,
      throttle: { rateLimit: settings.apiRatePerSecond, burstLimit: settings.apiBurstRequests },
      accessLogSettings: {
        destination: new LogGroupLogDestination(this.logGroup),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
    });
    if (domain) this.#serveAt(domain);
    const publicName = settings.edge?.name ?? domain?.name;
    this.endpoint = publicName ? `https://${publicName}` : this.#api.apiEndpoint;
    this.#addAlarms(props.errorImpact);
  }

  requests(): Metric {
    return this.#stage.metricCount({ ...MINUTE, statistic: 'Sum', label: 'requests' });
  }

  serverErrors(): Metric {
    return this.#stage.metricServerError({ ...MINUTE, statistic: 'Sum', label: '5xx' });
  }

  /** Of the slowest of a hundred requests, in milliseconds. */
  latency(): Metric {
    return this.#stage.metricLatency({ ...MINUTE, statistic: 'p99', label: 'p99' });
  }

  #addAlarms(errorImpact: string): void {
    addAlarm(this, 'ServerErrors', {
      metric: new MathExpression({
        expression: '100 * errors / MAX([errors, requests])',
        label: 'Requests answered with 5xx, %',
        usingMetrics: { errors: this.serverErrors(), requests: this.requests() },
        ...MINUTE,
      }),
      above: 0.5,
      periods: { breaching: 2, of: 3 },
      errorImpact,
    });
    addAlarm(this, 'Slow', {
      metric: this.latency(),
      above: SLOW_MS,
      periods: { breaching: 3, of: 5 },
      errorImpact: `One in a hundred requests takes longer than ${SLOW_MS} ms: callers wait, and time out.`,
    });
  }

  /** Operators point the domain, by CNAME or alias, at the output that names it. */
  #serveAt({ name, certificateArn }: CustomDomain): void {
    const domainName = new DomainName(this, 'Domain', {
      domainName: name,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', certificateArn),
      securityPolicy: SecurityPolicy.TLS_1_2,
    });
    new ApiMapping(this, 'Mapping', { api: this.#api, domainName, stage: this.#stage });
    new CfnOutput(this, 'DomainTarget', { value: domainName.regionalDomainName });
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
      'The function authorizes: api, admin and bulk check the bearer token (JWT and scopes), hooks the provider ' +
        'signature over the raw body, which no API Gateway authorizer is given.',
    );
  }
}
