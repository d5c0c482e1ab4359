import type { StackTemplate } from './assembly.ts';

/** What the local run makes real. */
const RUN = new Set([
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::DynamoDB::GlobalTable',
  'AWS::DynamoDB::Table',
  'AWS::Events::EventBus',
  'AWS::Events::Rule',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::S3::Bucket',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
  'AWS::Scheduler::ScheduleGroup',
  'AWS::SecretsManager::Secret',
]);

/** What a local run is complete without: permissions, observation, and what only AWS's own services would act on. */
const IGNORED = new Set([
  'AWS::ApiGatewayV2::Stage',
  'AWS::CDK::Metadata',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::KMS::Alias',
  'AWS::KMS::Key',
  'AWS::KinesisFirehose::DeliveryStream',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::Logs::LogStream',
  'AWS::Logs::MetricFilter',
  'AWS::Logs::QueryDefinition',
  'AWS::Logs::ResourcePolicy',
  'AWS::Logs::SubscriptionFilter',
  'AWS::S3::BucketPolicy',
  'AWS::SES::ConfigurationSet',
  'AWS::SES::ConfigurationSetEventDestination',
  'AWS::SES::EmailIdentity',
  'AWS::SES::ReceiptRule',
  'AWS::SES::ReceiptRuleSet',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::SecretsManager::ResourcePolicy',
]);

/** Properties that would change how the system behaves and that the local run does not act on. */
const REFUSED_PROPERTIES: Record<string, readonly string[]> = {
  'AWS::ApiGatewayV2::Api': ['Body', 'BodyS3Location', 'CorsConfiguration'],
  'AWS::ApiGatewayV2::Integration': ['RequestParameters', 'ResponseParameters'],
  'AWS::ApiGatewayV2::Route': ['AuthorizerId'],
  'AWS::ApiGatewayV2::Stage': ['StageVariables'],
  'AWS::Events::EventBus': ['EventSourceName'],
  'AWS::Events::Rule': ['ScheduleExpression'],
  'AWS::Lambda::EventSourceMapping': ['TumblingWindowInSeconds', 'ProvisionedPollerConfig'],
  'AWS::Lambda::Function': ['FileSystemConfigs', 'ImageConfig', 'Layers'],
  'AWS::S3::Bucket': ['ObjectLockConfiguration', 'ReplicationConfiguration', 'WebsiteConfiguration'],
  'AWS::SNS::Subscription': ['FilterPolicy', 'RedrivePolicy'],
  'AWS::SNS::Topic': ['FifoTopic', 'Subscription'],
};

/** Throws, naming the resource, for anything that the local run would neither run nor may leave out. */
export function refuseUnknownResources(stacks: readonly StackTemplate[]): void {
  for (const { name, template } of stacks) {
    for (const [id, resource] of Object.entries(template.Resources)) {
      const where = `${id} in stack ${name}`;
      const runs = RUN.has(resource.Type);
      if (!runs && !IGNORED.has(resource.Type)) {
        throw new Error(`The local run does not know the resource type ${resource.Type} (${where}).`);
      }
      if (runs && resource.Condition) throw new Error(`The local run does not know conditions (${where}).`);
      const refused = REFUSED_PROPERTIES[resource.Type]?.find((key) => resource.Properties?.[key] !== undefined);
      if (refused) throw new Error(`The local run does not act on ${refused} of ${resource.Type} (${where}).`);
    }
  }
}
