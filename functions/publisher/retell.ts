import type { RetoldEvent } from '../../shared/contracts/bus-event.ts';
import type { Bus } from '../../shared/queue/bus.ts';
import { TryLaterError } from '../../shared/queue/consume.ts';

/** Tells the event bus again what it did not take. Throws TryLaterError while it does not. */
export async function retell(bus: Bus, { bus: event }: RetoldEvent): Promise<void> {
  const refused = await bus.put([event]);
  if (refused.length > 0) throw new TryLaterError('The event bus did not take an event again.');
}
