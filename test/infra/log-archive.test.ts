import { describe, expect, it } from 'vitest';
import { ofType, only, readable, synthesize } from './synthesize.ts';

const { data, service } = synthesize('prod');
const subscriptions = ofType(service, 'AWS::Logs::SubscriptionFilter').map(([, { Properties }]) => Properties);

describe('the archive of logs', () => {
  it('takes all that functions and the front door log', () => {
    const groups = ofType(service, 'AWS::Logs::LogGroup').map(([id]) => id);
    expect(groups).toHaveLength(12);
    expect(subscriptions.map(({ LogGroupName }) => LogGroupName.Ref).sort()).toEqual(groups.sort());
    for (const { FilterPattern, DestinationArn, RoleArn } of subscriptions) {
      expect(FilterPattern).toBe('');
      expect([readable(DestinationArn, data), readable(RoleArn, data)]).toEqual(['LogsStream', 'LogsTeller']);
    }
  });

  it('keeps it for a year in files of a day, and apart from them what could not be stored', () => {
    const { ExtendedS3DestinationConfiguration: destination } = only(
      data,
      'AWS::KinesisFirehose::DeliveryStream',
    ).Properties;
    expect(readable(destination.BucketARN, data)).toBe('LogsBucket');
    expect(destination).toMatchObject({
      Prefix: 'logs/!{timestamp:yyyy/MM/dd}/',
      ErrorOutputPrefix: 'faults/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/',
      // CloudWatch compressed it already.
      CompressionFormat: 'UNCOMPRESSED',
      FileExtension: '.json.gz',
      CloudWatchLoggingOptions: { Enabled: true },
    });
    const [bucket] = ofType(data, 'AWS::S3::Bucket').filter(([id]) => id.startsWith('Logs'));
    expect(bucket?.[1].Properties.LifecycleConfiguration.Rules).toEqual([
      expect.objectContaining({ Status: 'Enabled', ExpirationInDays: 365 }),
    ]);
  });

  it('writes nothing unencrypted', () => {
    const { DeliveryStreamEncryptionConfigurationInput: encryption } = only(
      data,
      'AWS::KinesisFirehose::DeliveryStream',
    ).Properties;
    expect(encryption).toEqual({ KeyType: 'AWS_OWNED_CMK' });
  });

  it('is handed logs of this account and region alone', () => {
    const [teller] = ofType(data, 'AWS::IAM::Role').filter(([id]) => id.startsWith('LogsTeller'));
    const [statement] = teller?.[1].Properties.AssumeRolePolicyDocument.Statement ?? [];
    expect(statement.Principal).toEqual({ Service: 'logs.amazonaws.com' });
    expect(readable(statement.Condition.StringLike['aws:SourceArn'], data)).toBe('logs:*');
  });

  it.each(['dev', 'staging', 'local'] as const)('is not there in %s', (stage) => {
    const { data: without, service: unheard } = synthesize(stage);
    without.resourceCountIs('AWS::KinesisFirehose::DeliveryStream', 0);
    unheard.resourceCountIs('AWS::Logs::SubscriptionFilter', 0);
  });
});
