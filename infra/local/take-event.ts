import * as z from 'zod';
import type { LocalStack } from './stack/local-stack.ts';

/** Where the doubles of AWS's services tell their events. */
export const EVENTS_PATH = '/_local/events';

const BusEventSchema = z.object({
  bus: z.string().optional(),
  source: z.string(),
  'detail-type': z.string(),
  detail: z.unknown(),
});
const NotificationSchema = z.object({ Type: z.literal('Notification'), Message: z.string() });
const EventSchema = z.union([BusEventSchema, NotificationSchema]);

/**
 * Takes an event as a bus gets it (`source`, `detail-type`, `detail`; `bus` unless it is the default one), or a message as
 * a topic hands it on (`Type`, `Message`). Answers false, and tells nobody, for anything else.
 */
export async function takeEvent(
  { putEvent, publish }: Pick<LocalStack, 'putEvent' | 'publish'>,
  body: string,
): Promise<boolean> {
  const event = EventSchema.safeParse(jsonOf(body)).data;
  if (!event) return false;
  if (!('source' in event)) await publish(event.Message);
  else {
    const { bus, ...told } = event;
    await putEvent(told, bus);
  }
  return true;
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
