import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import {
  AttributeType,
  Billing,
  type CfnGlobalTable,
  ProjectionType,
  StreamViewType,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { INDEXES, TABLE } from '../shared/store/keys.ts';
import { acknowledge } from './constructs/acknowledge.ts';
import { createCustomerKey } from './constructs/customer-key.ts';
import { InboundMail } from './constructs/inbound-mail.ts';
import type { Stage, StageSettings } from './stages.ts';

export interface DataStackProps extends StackProps {
  readonly stage: Stage;
  readonly settings: StageSettings;
}

const text = (name: string) => ({ name, type: AttributeType.STRING });
const number = (name: string) => ({ name, type: AttributeType.NUMBER });

/** Longer than a DLQ keeps the event that tells of a mail: what is redriven must still find it. */
const MAIL_KEPT_DAYS = 30;

/**
 * What must survive: the table, the mails that were received, and the two secrets that are made once. Providers' secrets
 * are stored by operators.
 */
export class DataStack extends Stack {
  readonly table: TableV2;
  readonly mail: Bucket;
  readonly tokenKey: Secret;
  readonly pepper: Secret;
  readonly #key: Key | undefined;

  constructor(scope: Construct, id: string, props: DataStackProps) {
    super(scope, id, props);
    const { keepsData, customerKey, tableRecoveryDays, inboundMailDomain: domain } = props.settings;
    const removalPolicy = keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    this.#key = customerKey ? createCustomerKey(this, RemovalPolicy.RETAIN) : undefined;
    const { byId, byOrganization } = INDEXES;
    this.table = new TableV2(this, 'Table', {
      partitionKey: text(TABLE.partitionKey),
      sortKey: text(TABLE.sortKey),
      billing: Billing.onDemand(),
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      timeToLiveAttribute: TABLE.timeToLive,
      globalSecondaryIndexes: [
        { indexName: byId.name, partitionKey: text(byId.partitionKey), projectionType: ProjectionType.KEYS_ONLY },
        {
          indexName: byOrganization.name,
          partitionKey: text(byOrganization.partitionKey),
          sortKey: number(byOrganization.sortKey),
          projectionType: ProjectionType.KEYS_ONLY,
        },
      ],
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: tableRecoveryDays },
      deletionProtection: keepsData,
      removalPolicy,
    });
    if (this.#key) encryptUnder(this.#key, this.table);
    this.mail = this.#mailBucket(removalPolicy);
    if (domain) new InboundMail(this, 'InboundMail', { stage: props.stage, domain, bucket: this.mail });
    this.tokenKey = this.#generated('TokenKey', 'Signs and verifies the tokens of the API.', removalPolicy);
    this.pepper = this.#generated(
      'Pepper',
      'Turns identifiers into keys. With another pepper every contact is a stranger: never replace it, never delete it.',
      RemovalPolicy.RETAIN,
    );
    acknowledge(
      this.tokenKey,
      'AwsSolutions-SMG4',
      'A new key ends every token at once: operators replace it, by plan.',
    );
    acknowledge(this.pepper, 'AwsSolutions-SMG4', 'Keys of the table derive from it and cannot be migrated.');
  }

  /** Private, by TLS only; tells EventBridge of every new object, by the property that needs no custom resource. */
  #mailBucket(removalPolicy: RemovalPolicy): Bucket {
    const bucket = new Bucket(this, 'Mail', {
      ...(this.#key
        ? { encryption: BucketEncryption.KMS, encryptionKey: this.#key, bucketKeyEnabled: true }
        : { encryption: BucketEncryption.S3_MANAGED }),
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      lifecycleRules: [
        { expiration: Duration.days(MAIL_KEPT_DAYS), abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
      removalPolicy,
    });
    const { defaultChild } = bucket.node;
    (defaultChild as CfnBucket).notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    acknowledge(
      bucket,
      'AwsSolutions-S1',
      'SES alone writes and one function alone reads, each object once, for a month: a log of that would outweigh it.',
    );
    return bucket;
  }

  #generated(id: string, description: string, removalPolicy: RemovalPolicy): Secret {
    const generateSecretString = { passwordLength: 64, excludePunctuation: true };
    const encryption = this.#key && { encryptionKey: this.#key };
    return new Secret(this, id, { description, generateSecretString, removalPolicy, ...encryption });
  }
}

/** By the properties themselves: the library wants to know the region for it, which no template of ours names. */
function encryptUnder(key: Key, table: TableV2): void {
  const resource = table.node.defaultChild as CfnGlobalTable;
  resource.sseSpecification = { sseEnabled: true, sseType: 'KMS' };
  resource.addPropertyOverride('Replicas.0.SSESpecification.KMSMasterKeyId', key.keyArn);
}
