import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { BusEvent } from '../contracts/bus-event.ts';
import type { Observer } from '../runtime/observe.ts';

const SOURCE = 'overture';
/** Entries that a call takes. */
const BATCH = 10;

/** What is told: ids and codes, never what a person wrote or where they are reached. */
interface Told {
  /** Becomes the `detail-type`. */
  readonly event: string;
  /** ISO 8601. */
  readonly at: string;
}

/** The installation's event bus. */
export interface Bus<E extends Told = BusEvent> {
  /** Tells events, ten in a call. Answers those that the bus did not take; never throws. */
  put(events: readonly E[]): Promise<E[]>;
}

export function createBus<E extends Told = BusEvent>(
  client: EventBridgeClient,
  name: string,
  observe: Observer,
): Bus<E> {
  async function putBatch(events: readonly E[]): Promise<readonly E[]> {
    try {
      const { Entries = [] } = await client.send(
        new PutEventsCommand({
          Entries: events.map((event) => ({
            EventBusName: name,
            Source: SOURCE,
            DetailType: event.event,
            Detail: JSON.stringify(event),
            Time: new Date(event.at),
          })),
        }),
      );
      return events.filter((_event, index) => Entries[index]?.ErrorCode !== undefined);
    } catch (error) {
      observe.error('The event bus took nothing.', error, { count: events.length });
      return events;
    }
  }

  return {
    async put(events) {
      const batches = Array.from({ length: Math.ceil(events.length / BATCH) }, (_, index) =>
        events.slice(index * BATCH, (index + 1) * BATCH),
      );
      const refused = (await Promise.all(batches.map(putBatch))).flat();
      if (refused.length > 0) observe.count('EventRefused', refused.length);
      return refused;
    },
  };
}
