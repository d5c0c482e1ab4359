import type { NewObject } from '../emulators/fauxqs.ts';
import type { LocalBucket } from './buckets.ts';
import type { BusEvent } from './event-bus.ts';

export interface ObjectEventsOptions {
  putEvent(event: BusEvent): Promise<string>;
  log(line: string): void;
}

/** Tells the default bus of new objects, as S3 does for the buckets that are to. */
export function createObjectEvents({ putEvent, log }: ObjectEventsOptions) {
  let telling: ReadonlySet<string> = new Set();
  return {
    /** From now on, for these buckets. */
    connect(buckets: readonly LocalBucket[]): void {
      telling = new Set(buckets.flatMap(({ name, tells }) => (tells ? [name] : [])));
    },
    tell(object: NewObject): void {
      if (!telling.has(object.bucket)) return;
      putEvent(created(object)).catch((error) => log(`Nobody was told of ${object.key}: ${error}`));
    },
  };
}

/** Source: S3 user guide, "EventBridge event message structure". */
const created = ({ bucket, ...object }: NewObject): BusEvent => ({
  source: 'aws.s3',
  'detail-type': 'Object Created',
  resources: [`arn:aws:s3:::${bucket}`],
  detail: { version: '0', bucket: { name: bucket }, object, reason: 'PutObject' },
});
