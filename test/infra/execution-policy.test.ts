import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { expect, it } from 'vitest';
import { createApp } from '../../infra/app.ts';
import { toArray } from './grants.ts';

const FILE = join(import.meta.dirname, '..', '..', 'docs', 'execution-policy.json');
const statements: { Action: string | string[]; Resource: string | string[] }[] = JSON.parse(
  readFileSync(FILE, 'utf8'),
).Statement;
const actions = statements.flatMap(({ Action }) => toArray(Action));

const app = createApp(
  { context: { stage: 'prod', 'aws:cdk:bundling-stacks': [] } },
  {
    domain: { name: 'api.example.com', certificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/1' },
    edge: {
      name: 'talk.example.com',
      certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/2',
      requestsPerFiveMinutes: 10_000,
    },
    customerKey: true,
    inboundMailDomain: 'in.example.com',
    alarmEmail: 'on-call@example.com',
  },
);
const templates = app.node.children.map((stack) => Template.fromStack(stack as Stack).toJSON());

/** Where the actions of a type's service have another name than the type. */
const NAMES: Readonly<Record<string, string>> = { apigatewayv2: 'apigateway', kinesisfirehose: 'firehose' };

it('the policy that deployments run with names every service that a template has something of, and no other', () => {
  const types = templates.flatMap(({ Resources }) =>
    Object.values<{ Type: string }>(Resources).map(({ Type }) => Type),
  );
  const services = types.map((type) => type.split('::')[1]?.toLowerCase() ?? '').map((name) => NAMES[name] ?? name);
  const around = ['acm', 'application-autoscaling', 'cloudformation', 'ssm'];
  expect(new Set(actions.map((action) => action.split(':')[0]))).toEqual(new Set([...services, ...around]));
});

it('it lets a stack read the outputs of another, which is how the service finds the table', () => {
  expect(JSON.stringify(templates)).toContain('Fn::GetStackOutput');
  expect(actions).toContain('cloudformation:DescribeStacks');
});

it('it reads no secret, no item, and gives no role but those of the stacks anything', () => {
  const allows = (wanted: string) =>
    actions.some((action) => new RegExp(`^${action.replaceAll('*', '.*')}$`).test(wanted));
  for (const action of ['GetSecretValue', 'BatchGetSecretValue'])
    expect(allows(`secretsmanager:${action}`)).toBe(false);
  const ofBuckets = statements.find(({ Resource }) => Resource === 'arn:aws:s3:::overture-*');
  expect(ofBuckets?.Action).not.toContain('s3:GetObject');
  for (const action of ['GetItem', 'Query', 'Scan', 'UpdateItem']) expect(allows(`dynamodb:${action}`)).toBe(false);
  const iam = statements.filter(({ Action }) => toArray(Action).some((action) => action.startsWith('iam:')));
  expect(iam.flatMap(({ Resource }) => toArray(Resource))).toEqual([
    'arn:aws:iam::*:role/Overture-*',
    'arn:aws:iam::*:role/aws-service-role/*',
  ]);
});
