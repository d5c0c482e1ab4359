import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  RecursiveLoop,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { bundleOf } from '../bundle/bundle.ts';
import type { FunctionName } from '../bundle/functions.ts';
import type { Stage, StageSettings } from '../stages.ts';
import { acknowledge } from './acknowledge.ts';
import { addAlarm } from './alarm.ts';

export interface NodeFunctionProps {
  readonly stage: Stage;
  readonly settings: StageSettings;
  readonly name: FunctionName;
  readonly timeoutSeconds: number;
  /** Default: 512. Processors come with it. */
  readonly memoryMb?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * The function is part of a loop over queues by design. Lambda otherwise stops a chain of requests after about 16
   * invocations of one function, and a conversation of 40 messages is one chain.
   */
  readonly loops?: boolean;
  /** It is asked so seldom that a share of its invocations says nothing: any that fail raise the alarm. */
  readonly seldom?: boolean;
  /** What is lost while the function fails; becomes its error alarm's description. */
  readonly errorImpact: string;
}

/** One function with a role, a log group and an error alarm of its own. It may do nothing until something is granted. */
export class NodeFunction extends Construct {
  readonly name: FunctionName;
  readonly lambda: LambdaFunction;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    super(scope, id);
    const { name, settings } = props;
    this.name = name;
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: settings.logRetentionDays,
      removalPolicy: settings.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    this.logGroup.grantWrite(role);
    this.lambda = new LambdaFunction(this, 'Function', {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Stack.of(this).bundlingRequired ? Code.fromAsset(bundleOf(name)) : Code.fromInline('// not bundled'),
      handler: 'index.handler',
      memorySize: props.memoryMb ?? 512,
      timeout: Duration.seconds(props.timeoutSeconds),
      tracing: Tracing.ACTIVE,
      recursiveLoop: props.loops ? RecursiveLoop.ALLOW : RecursiveLoop.TERMINATE,
      role,
      logGroup: this.logGroup,
      environment: {
        STAGE: props.stage,
        POWERTOOLS_SERVICE_NAME: name,
        POWERTOOLS_METRICS_NAMESPACE: 'Overture',
        NODE_OPTIONS: '--enable-source-maps',
        ...props.environment,
      },
    });
    acknowledge(
      role,
      'AwsSolutions-IAM5[Resource::*]',
      'xray:PutTraceSegments and xray:PutTelemetryRecords know no resources: AWS offers only "*" for them.',
    );
    addErrorAlarm(this, this.lambda, props);
  }
}

/** Above 1 % of the invocations, two minutes of three: one failed invocation in a busy minute wakes nobody. */
function addErrorAlarm(scope: Construct, lambda: LambdaFunction, { seldom, errorImpact }: NodeFunctionProps): void {
  const period = Duration.minutes(1);
  const errors = lambda.metricErrors({ period, statistic: 'Sum' });
  const share = new MathExpression({
    expression: '100 * errors / MAX([errors, invocations])',
    label: 'Failed invocations, %',
    usingMetrics: { errors, invocations: lambda.metricInvocations({ period, statistic: 'Sum' }) },
    period,
  });
  addAlarm(scope, 'Errors', {
    metric: seldom ? errors : share,
    above: seldom ? 0 : 1,
    periods: { breaching: 2, of: 3 },
    errorImpact,
  });
}
