import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { addRule, letSend } from './event-rule.ts';
import type { QueueFunction } from './queue-function.ts';

/** Under which objects of the bucket for imports are uploads; results are elsewhere in it, and start nothing. */
const UPLOADS = 'imports/';

export interface IngressProps {
  readonly to: QueueFunction;
  readonly bus: IEventBus;
  readonly imports: IBucket;
  /** ARNs of rules of other buses that put requests on the queue by themselves. */
  readonly rules: readonly string[];
}

/** What asks for starts without the API: events of the own bus, and uploads, which S3 tells the default bus of. */
export class Ingress extends Construct {
  constructor(scope: Construct, id: string, { to, bus, imports, rules }: IngressProps) {
    super(scope, id);
    for (const rule of rules) letSend(to.queue, rule);
    addRule(this, 'Starts', {
      to,
      group: 'starts',
      eventBus: bus,
      eventPattern: { detailType: ['conversation.start.requested'] },
    });
    addRule(this, 'Uploads', {
      to,
      group: 'uploads',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { bucket: { name: [imports.bucketName] }, object: { key: [{ prefix: UPLOADS }] } },
      },
    });
  }
}
