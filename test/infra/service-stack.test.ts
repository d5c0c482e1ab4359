import { describe, expect, it } from 'vitest';
import { STAGES, stages } from '../../infra/stages.ts';
import { ofType, only, type Resource, readable, synthesize } from './synthesize.ts';

const { data, service } = synthesize('prod');

describe('an alarm on receipts that do not come', () => {
  it.each(['email', 'sms', 'whatsapp'])(
    'by %s compares what its function sent with what hooks heard at last',
    (name) => {
      const [alarm] = ofType(service, 'AWS::CloudWatch::Alarm').filter(([id]) => id.startsWith(`${name}Horizon`));
      const metrics: {
        Id: string;
        MetricStat?: { Period: number; Metric: { MetricName: string; Dimensions: object[] } };
      }[] = alarm?.[1].Properties.Metrics ?? [];
      const compared = metrics.flatMap(({ Id, MetricStat }) =>
        MetricStat ? [[Id, MetricStat.Period, MetricStat.Metric.MetricName, MetricStat.Metric.Dimensions]] : [],
      );
      const dimensions = (of: string) => [
        { Name: 'service', Value: of },
        { Name: 'stage', Value: 'prod' },
        { Name: 'touchpoint', Value: name },
      ];
      expect(compared).toEqual([
        ['sent', 86_400, 'MessageSent', dimensions(name)],
        ['final', 86_400, 'ReceiptFinal', dimensions('hooks')],
      ]);
    },
  );
});

describe('the API', () => {
  it('leads callbacks to hooks, bulk requests to bulk, configuration to admin and everything else to api', () => {
    const integrations = new Map(ofType(service, 'AWS::ApiGatewayV2::Integration'));
    const routes = ofType(service, 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => {
      const target = integrations.get(Properties.Target['Fn::Join'][1][1].Ref)?.Properties;
      expect(target.PayloadFormatVersion).toBe('2.0');
      return [Properties.RouteKey, readable(target.IntegrationUri, data)];
    });
    expect(Object.fromEntries(routes)).toEqual({
      'ANY /v2/hooks/{proxy+}': 'HooksFunction',
      'ANY /v2/conversations/bulk': 'BulkFunction',
      'ANY /v2/auth/{proxy+}': 'AdminFunction',
      'ANY /v2/channels': 'AdminFunction',
      'ANY /v2/channels/{proxy+}': 'AdminFunction',
      'ANY /v2/organizations': 'AdminFunction',
      'ANY /v2/organizations/{proxy+}': 'AdminFunction',
      'ANY /v2/services': 'AdminFunction',
      'ANY /v2/services/{proxy+}': 'AdminFunction',
      'ANY /v2/users': 'AdminFunction',
      'ANY /v2/users/{proxy+}': 'AdminFunction',
      'ANY /v2/watemplates': 'AdminFunction',
      'ANY /v2/watemplates/{proxy+}': 'AdminFunction',
      'ANY /docs': 'AdminFunction',
      'ANY /docs/{proxy+}': 'AdminFunction',
      'ANY /openapi.json': 'AdminFunction',
      'ANY /v2/{proxy+}': 'ApiFunction',
      $default: 'ApiFunction',
    });
  });

  it('is limited, and logs no personal data', () => {
    const stage = only(service, 'AWS::ApiGatewayV2::Stage');
    expect(stage.Properties.DefaultRouteSettings).toMatchObject({
      ThrottlingRateLimit: stages.prod.apiRatePerSecond,
      ThrottlingBurstLimit: stages.prod.apiBurstRequests,
    });
    expect(stage.Properties.AccessLogSettings.Format).not.toMatch(/sourceIp|userAgent|\.path|authorizer|querystring/i);
  });
});

describe('the template', () => {
  it.each(STAGES)(
    'of %s holds only types that the local runner executes or may ignore: no custom resource',
    (stage) => {
      const archives = stages[stage].logArchiveDays !== undefined;
      const resources = Object.values(synthesize(stage)).flatMap((template) =>
        Object.values<Resource>(template.toJSON().Resources),
      );
      expect([...new Set(resources.map(({ Type }) => Type))].sort()).toEqual([
        'AWS::ApiGatewayV2::Api',
        'AWS::ApiGatewayV2::Integration',
        'AWS::ApiGatewayV2::Route',
        'AWS::ApiGatewayV2::Stage',
        'AWS::CloudWatch::Alarm',
        'AWS::CloudWatch::Dashboard',
        'AWS::DynamoDB::GlobalTable',
        'AWS::Events::EventBus',
        'AWS::Events::Rule',
        'AWS::IAM::Policy',
        'AWS::IAM::Role',
        ...(archives ? ['AWS::KinesisFirehose::DeliveryStream'] : []),
        'AWS::Lambda::EventSourceMapping',
        'AWS::Lambda::Function',
        'AWS::Lambda::Permission',
        'AWS::Logs::LogGroup',
        ...(archives ? ['AWS::Logs::LogStream', 'AWS::Logs::SubscriptionFilter'] : []),
        'AWS::S3::Bucket',
        'AWS::S3::BucketPolicy',
        'AWS::SES::ConfigurationSet',
        'AWS::SES::ConfigurationSetEventDestination',
        'AWS::SNS::Subscription',
        'AWS::SNS::Topic',
        'AWS::SNS::TopicPolicy',
        'AWS::SQS::Queue',
        'AWS::SQS::QueuePolicy',
        'AWS::Scheduler::ScheduleGroup',
        'AWS::SecretsManager::Secret',
      ]);
    },
  );

  it('names the API, the table, the event bus and the topic for AWS messaging as outputs', () => {
    const value = (name: string) => readable(service.findOutputs(name)[name]?.Value, data);
    expect(value('ApiUrl')).toBe('HttpApi.ApiEndpoint');
    expect(value('TableName')).toBe('Table');
    expect(value('EventBusName')).toBe('Bus');
    expect(value('MessagingTopicArn')).toBe('ReceiptsTopic');
  });

  it('tags everything that can be tagged with project and stage', () => {
    const untaggable =
      /::(\w+Policy|ConfigurationSetEventDestination|EventInvokeConfig|Integration|LogStream|Permission|Policy|Route|Subscription|SubscriptionFilter)$/;
    const resources = [data, service].flatMap((template) => Object.entries<Resource>(template.toJSON().Resources));
    for (const [id, { Type, Properties }] of resources.filter(([, resource]) => !untaggable.test(resource.Type))) {
      const { Tags } = Type === 'AWS::DynamoDB::GlobalTable' ? Properties.Replicas[0] : Properties;
      const tags = Array.isArray(Tags) ? Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])) : Tags;
      expect(tags, id).toEqual({ project: 'overture', stage: 'prod' });
    }
  });
});
