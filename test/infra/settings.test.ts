import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { createApp } from '../../infra/app.ts';
import type { StageSettings } from '../../infra/stages.ts';
import { functionsOf, ofType, only, pathOf } from './synthesize.ts';

/** The stacks of prod with settings of an operator's own, by the last word of their names. */
function stacksWith(own: Partial<StageSettings>): ReadonlyMap<string, Template> {
  const app = createApp({ context: { stage: 'prod', 'aws:cdk:bundling-stacks': [] } }, own);
  const stacks = app.node.children.filter((child): child is Stack => child.node.id.startsWith('Overture-prod-'));
  return new Map(stacks.map((stack) => [stack.node.id.slice('Overture-prod-'.length), Template.fromStack(stack)]));
}

const stackOf = (stacks: ReadonlyMap<string, Template>, name: string): Template => {
  const found = stacks.get(name);
  if (!found) throw new Error(`There is no stack ${name}.`);
  return found;
};

const domain = { name: 'api.example.com', certificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/1' };
const edge = {
  name: 'talk.example.com',
  certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/2',
  requestsPerFiveMinutes: 10_000,
};

describe('a stage with a domain of its own', () => {
  const service = stackOf(stacksWith({ domain }), 'Service');

  it('answers there and nowhere else, by TLS 1.2', () => {
    expect(only(service, 'AWS::ApiGatewayV2::Api').Properties.DisableExecuteApiEndpoint).toBe(true);
    expect(only(service, 'AWS::ApiGatewayV2::DomainName').Properties).toMatchObject({
      DomainName: domain.name,
      DomainNameConfigurations: [{ CertificateArn: domain.certificateArn, SecurityPolicy: 'TLS_1_2' }],
    });
    expect(ofType(service, 'AWS::ApiGatewayV2::ApiMapping')).toHaveLength(1);
  });

  it('tells providers and callers that address', () => {
    const { Variables } = functionsOf(service).get('hooks')?.Properties.Environment ?? {};
    expect(Variables.PUBLIC_URL).toBe('https://api.example.com');
  });
});

describe('a stage with an edge', () => {
  const stacks = stacksWith({ domain, edge });
  const edgeStack = stackOf(stacks, 'Edge');

  it('has CloudFront before the domain, which passes everything on and keeps nothing', () => {
    const { DistributionConfig: config } = only(edgeStack, 'AWS::CloudFront::Distribution').Properties;
    expect(config.Aliases).toEqual([edge.name]);
    expect(config.Origins).toHaveLength(1);
    expect(config.Origins[0]).toMatchObject({
      DomainName: domain.name,
      CustomOriginConfig: { OriginProtocolPolicy: 'https-only' },
    });
    expect(config.DefaultCacheBehavior).toMatchObject({
      // CachingDisabled and AllViewerExceptHostHeader: AWS's own ids of these policies.
      CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
      OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
      ViewerProtocolPolicy: 'https-only',
    });
    expect(config.WebACLId).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^Firewall/), 'Arn'] });
  });

  it('refuses an address that asks too much with 429', () => {
    const { Rules } = only(edgeStack, 'AWS::WAFv2::WebACL').Properties;
    expect(Rules[0]).toMatchObject({
      Action: { Block: { CustomResponse: { ResponseCode: 429 } } },
      Statement: { RateBasedStatement: { Limit: 10_000, AggregateKeyType: 'IP' } },
    });
  });

  it('tells providers and callers the name of the edge', () => {
    const { Variables } = functionsOf(stackOf(stacks, 'Service')).get('hooks')?.Properties.Environment ?? {};
    expect(Variables.PUBLIC_URL).toBe('https://talk.example.com');
  });

  it('is refused without a domain to send requests to', () => {
    expect(() => stacksWith({ edge })).toThrow('Stage prod has an edge but no domain');
  });
});

describe('a stage with a key of the account’s own', () => {
  const data = stackOf(stacksWith({ customerKey: true }), 'Data');

  it('encrypts table, buckets and secrets under it', () => {
    const [key] = ofType(data, 'AWS::KMS::Key')[0] ?? [];
    const arn = { 'Fn::GetAtt': [key, 'Arn'] };
    const table = only(data, 'AWS::DynamoDB::GlobalTable').Properties;
    expect(table.SSESpecification).toEqual({ SSEEnabled: true, SSEType: 'KMS' });
    expect(table.Replicas[0].SSESpecification.KMSMasterKeyId).toEqual(arn);
    for (const [, { Properties }] of ofType(data, 'AWS::SecretsManager::Secret'))
      expect(Properties.KmsKeyId).toEqual(arn);
    for (const [id, { Properties }] of ofType(data, 'AWS::S3::Bucket')) {
      const [{ ServerSideEncryptionByDefault: bucket }] = Properties.BucketEncryption.ServerSideEncryptionConfiguration;
      expect(bucket, id).toEqual({ SSEAlgorithm: 'aws:kms', KMSMasterKeyID: arn });
    }
  });

  it('lets nobody use it but through these services', () => {
    const { Statement } = only(data, 'AWS::KMS::Key').Properties.KeyPolicy;
    const open = Statement.filter(({ Principal }: { Principal: unknown }) => JSON.stringify(Principal).includes('"*"'));
    expect(open).toHaveLength(1);
    expect(open[0].Condition.StringEquals['kms:CallerAccount']).toEqual({ Ref: 'AWS::AccountId' });
    expect(open[0].Condition.StringEquals['kms:ViaService']).toHaveLength(3);
  });

  it('keeps the key when the stack goes: without it nothing can be read', () => {
    expect(only(data, 'AWS::KMS::Key').DeletionPolicy).toBe('Retain');
  });
});

it('tells somebody of alarms where an address is set', () => {
  const service = stackOf(stacksWith({ alarmEmail: 'on-call@example.com' }), 'Service');
  const mail = ofType(service, 'AWS::SNS::Subscription').filter(
    ([, { Properties }]) => Properties.Protocol === 'email',
  );
  expect(mail.map(([, { Properties }]) => Properties.Endpoint)).toEqual(['on-call@example.com']);
});

describe('a stage that names rules of other buses', () => {
  const rule = 'arn:aws:events:eu-west-1:111122223333:rule/orders/tell-customers';
  const queuesOpenTo = (own: Partial<StageSettings>) =>
    ofType(stackOf(stacksWith(own), 'Service'), 'AWS::SQS::QueuePolicy')
      .map(([, { Properties }]) => Properties)
      .filter(({ PolicyDocument }) => JSON.stringify(PolicyDocument).includes(rule))
      .map(({ Queues }) => pathOf(Queues[0].Ref));

  it('lets them put requests on the queue that starts come in by, and on no other', () => {
    expect(queuesOpenTo({ ingressRules: [rule] })).toEqual(['IngestQueue']);
    expect(queuesOpenTo({})).toEqual([]);
  });
});
