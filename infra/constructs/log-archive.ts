import { type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { FilterPattern, LogGroup, LogStream, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { addPrivateBucket } from './private-bucket.ts';

export interface LogArchiveProps {
  readonly keptDays: number;
  /** Of what Firehose says when it cannot store something. */
  readonly retention: RetentionDays;
  readonly key: Key | undefined;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * A bucket that keeps logs for longer than CloudWatch does, though their log groups go. They come by Amazon Data Firehose,
 * as CloudWatch compressed them, at most a quarter of an hour later.
 */
export class LogArchive extends Construct {
  readonly #bucket: Bucket;
  readonly #faults: LogGroup;
  readonly #stream: CfnDeliveryStream;
  readonly #teller: Role;

  constructor(scope: Construct, id: string, props: LogArchiveProps) {
    super(scope, id);
    const { keptDays, retention, key, removalPolicy } = props;
    const whyNoAccessLog = 'Firehose alone writes, and operators read: who did is for CloudTrail data events to log.';
    this.#bucket = addPrivateBucket(this, 'Bucket', { keptDays, key, removalPolicy, whyNoAccessLog });
    this.#faults = new LogGroup(this, 'Faults', { retention, removalPolicy });
    this.#stream = this.#addStream(removalPolicy);
    this.#teller = this.#addTeller();
  }

  /** From now on what is logged there is kept here too. */
  take(logs: LogGroup): void {
    const destination = { bind: () => ({ arn: this.#stream.attrArn, role: this.#teller }) };
    logs.addSubscriptionFilter('Archive', { destination, filterPattern: FilterPattern.allEvents() });
  }

  #addStream(removalPolicy: RemovalPolicy): CfnDeliveryStream {
    const writer = this.#addWriter();
    const { logStreamName } = new LogStream(this, 'Fault', { logGroup: this.#faults, removalPolicy });
    const stream = new CfnDeliveryStream(this, 'Stream', {
      deliveryStreamType: 'DirectPut',
      deliveryStreamEncryptionConfigurationInput: { keyType: 'AWS_OWNED_CMK' },
      extendedS3DestinationConfiguration: {
        bucketArn: this.#bucket.bucketArn,
        roleArn: writer.roleArn,
        prefix: 'logs/!{timestamp:yyyy/MM/dd}/',
        errorOutputPrefix: 'faults/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/',
        fileExtension: '.json.gz',
        compressionFormat: 'UNCOMPRESSED',
        bufferingHints: { intervalInSeconds: 900, sizeInMBs: 64 },
        cloudWatchLoggingOptions: { enabled: true, logGroupName: this.#faults.logGroupName, logStreamName },
      },
    });
    // Firehose looks at once whether it may do what it is to do.
    stream.node.addDependency(writer);
    return stream;
  }

  /** Firehose's role: it adds objects, and reads and deletes none. Source: Firehose developer guide, "S3 destination". */
  #addWriter(): Role {
    const role = new Role(this, 'Writer', { assumedBy: new ServicePrincipal('firehose.amazonaws.com') });
    const { bucketArn } = this.#bucket;
    const may = (actions: string[], resource: string) =>
      role.addToPolicy(new PolicyStatement({ actions, resources: [resource] }));
    may(['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'], bucketArn);
    may(['s3:PutObject', 's3:AbortMultipartUpload'], this.#bucket.arnForObjects('*'));
    may(['logs:PutLogEvents'], this.#faults.logGroupArn);
    acknowledge(
      role,
      'AwsSolutions-IAM5[Resource::<LogsBucket5C52C3D2.Arn>/*]',
      'Objects have the name of their time.',
    );
    return role;
  }

  /** The role of CloudWatch Logs, which hands on what is logged. Source: CloudWatch Logs user guide, "Subscription filters". */
  #addTeller(): Role {
    const conditions = {
      StringLike: { 'aws:SourceArn': Stack.of(this).formatArn({ service: 'logs', resource: '*' }) },
    };
    const role = new Role(this, 'Teller', { assumedBy: new ServicePrincipal('logs.amazonaws.com', { conditions }) });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['firehose:PutRecord', 'firehose:PutRecordBatch'],
        resources: [this.#stream.attrArn],
      }),
    );
    return role;
  }
}
