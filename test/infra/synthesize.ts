import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { createApp } from '../../infra/app.ts';
import type { Stage } from '../../infra/stages.ts';

export interface Synthesized {
  readonly data: Template;
  readonly service: Template;
}

/** Both templates of a stage, in about half a second: without the functions' code. */
export function synthesize(stage: Stage): Synthesized {
  const app = createApp({ context: { stage, 'aws:cdk:bundling-stacks': [] } });
  const template = (name: string) => Template.fromStack(app.node.findChild(`Overture-${stage}-${name}`) as Stack);
  return { data: template('Data'), service: template('Service') };
}

/** A resource as templates hold it: the library's type for "any JSON". */
export type Resource = ReturnType<Template['findResources']>[string];

export const ofType = (template: Template, type: string): [id: string, resource: Resource][] =>
  Object.entries(template.findResources(type));

/** The one resource of a type. */
export function only(template: Template, type: string): Resource {
  const [first, ...others] = ofType(template, type);
  if (!first || others.length > 0) throw new Error(`Expected one ${type}, found ${others.length + (first ? 1 : 0)}`);
  return first[1];
}

/** Functions by their name, `api`, `worker` and so on. */
export const functionsOf = (template: Template): Map<string, Resource> =>
  new Map(
    ofType(template, 'AWS::Lambda::Function').map(([, resource]) => [
      resource.Properties.Environment.Variables.POWERTOOLS_SERVICE_NAME,
      resource,
    ]),
  );

/** Alarms on a metric of one queue or function, known by the beginning of its logical id. */
export const alarmsOn = (template: Template, metric: string, logicalId: string): Resource[] =>
  ofType(template, 'AWS::CloudWatch::Alarm')
    .map(([, { Properties }]) => Properties)
    .filter((alarm) => {
      const metrics = [alarm, ...(alarm.Metrics ?? []).map((part: Resource) => part.MetricStat?.Metric ?? {})];
      return metrics.some(
        ({ MetricName, Dimensions }) => MetricName === metric && JSON.stringify(Dimensions).includes(`"${logicalId}`),
      );
    });

/** The logical id without the hash that CDK ends it with: the path of the construct. */
export const pathOf = (logicalId: string): string => logicalId.replace(/[0-9A-F]{8}$/, '');

/** Writes a resource's name or ARN as a reader would: `WorkerQueue`, `Table/index/byId`, `ses:identity/*`. */
export function readable(value: unknown, data: Template): string {
  if (typeof value === 'string') return value;
  const [intrinsic, argument] = Object.entries(value as object)[0] ?? [];
  if (intrinsic === 'Ref') return String(argument).includes('::') ? `<${argument}>` : pathOf(String(argument));
  if (intrinsic === 'Fn::GetAtt') {
    const [id, attribute] = argument as [string, string];
    return attribute === 'Arn' ? pathOf(id) : `${pathOf(id)}.${attribute}`;
  }
  if (intrinsic === 'Fn::GetStackOutput') {
    const { OutputName } = argument as { OutputName: string };
    return readable(data.findOutputs(OutputName)[OutputName]?.Value, data);
  }
  if (intrinsic === 'Fn::Join') {
    const [separator, parts] = argument as [string, unknown[]];
    const joined = parts.map((part) => readable(part, data)).join(separator);
    return joined.replace(/^arn:<AWS::Partition>:([\w-]+):<AWS::Region>:<AWS::AccountId>:/, '$1:');
  }
  throw new Error(`No reading for ${JSON.stringify(value)}`);
}
