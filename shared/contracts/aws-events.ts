import * as z from 'zod';

/** An event of EventBridge, as a rule hands it on. */
const BusEventSchema = z.object({ source: z.string(), 'detail-type': z.string(), detail: z.unknown() });

/** A message of SNS in its envelope. */
const NotificationSchema = z.object({ Type: z.literal('Notification'), Message: z.string() });

const fromSns = (detail: unknown) => ({ source: 'aws.sns', detailType: '', detail });

const busEvent = BusEventSchema.transform(({ source, 'detail-type': detailType, detail }) => ({
  source,
  detailType,
  detail,
}));
const notification = NotificationSchema.transform(({ Message }) => fromSns(jsonOf(Message)));
const bareMessage = z.record(z.string(), z.unknown()).transform(fromSns);

/**
 * What AWS's services put on queue `receipts`: events of EventBridge, and messages of SNS with or without envelope (raw
 * delivery), which count as of source `aws.sns` and have no detail type.
 */
export const QueuedEventSchema = z.union([busEvent, notification, bareMessage]);

/** Services also publish plain texts, to try a topic: those are nobody's event. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
