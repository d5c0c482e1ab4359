import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import {
  AttributeType,
  Billing,
  type CfnGlobalTable,
  ProjectionType,
  StreamViewType,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { INDEXES, TABLE } from '../shared/store/keys.ts';
import { acknowledge } from './constructs/acknowledge.ts';
import { createCustomerKey } from './constructs/customer-key.ts';
import { InboundMail } from './constructs/inbound-mail.ts';
import { LogArchive } from './constructs/log-archive.ts';
import { addEventBucket } from './constructs/private-bucket.ts';
import type { Stage, StageSettings } from './stages.ts';

export interface DataStackProps extends StackProps {
  readonly stage: Stage;
  readonly settings: StageSettings;
}

const text = (name: string) => ({ name, type: AttributeType.STRING });
const number = (name: string) => ({ name, type: AttributeType.NUMBER });

/** Longer than a DLQ keeps the event that tells of a mail: what is redriven must still find it. */
const MAIL_KEPT_DAYS = 30;
/** Uploads and what became of their rows: longer than a DLQ keeps the rest of one. */
const IMPORTS_KEPT_DAYS = 30;

/**
 * What must survive: the table, the mails that were received, the files that were uploaded, the archive of logs, and the two
 * secrets that are made once. Providers' secrets are stored by operators.
 */
export class DataStack extends Stack {
  readonly table: TableV2;
  readonly mail: Bucket;
  readonly imports: Bucket;
  /** Takes what is logged, where the stage wants that. */
  readonly logs: LogArchive | undefined;
  readonly tokenKey: Secret;
  readonly pepper: Secret;
  readonly #key: Key | undefined;

  constructor(scope: Construct, id: string, props: DataStackProps) {
    super(scope, id, props);
    const { keepsData, customerKey, tableRecoveryDays, inboundMailDomain: domain } = props.settings;
    const { logArchiveDays, logRetentionDays } = props.settings;
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
    this.mail = addEventBucket(this, 'Mail', {
      keptDays: MAIL_KEPT_DAYS,
      key: this.#key,
      removalPolicy,
      whyNoAccessLog:
        'SES alone writes and one function alone reads, each object once, for a month: a log of that would outweigh it.',
    });
    this.imports = addEventBucket(this, 'Imports', {
      keptDays: IMPORTS_KEPT_DAYS,
      key: this.#key,
      removalPolicy,
      whyNoAccessLog:
        'Who may upload is for operators to log (CloudTrail data events); the function reads each file once.',
    });
    if (logArchiveDays !== undefined) {
      this.logs = new LogArchive(this, 'Logs', {
        keptDays: logArchiveDays,
        retention: logRetentionDays,
        key: this.#key,
        removalPolicy,
      });
    }
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
