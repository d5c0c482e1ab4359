import type { WorkerParts } from '../../functions/worker/parts.ts';
import type { Delivery } from '../../shared/contracts/queue-messages.ts';
import type { Api } from './api-world.ts';
import { createFakeQueue, type FakeQueue } from './builders.ts';

/** A worker on the table of an API, whose deliveries go nowhere. */
export const workerOf = ({ parts }: Api): WorkerParts => {
  const deliveries: FakeQueue<Delivery> = createFakeQueue();
  return {
    ...parts,
    deliveries: { email: deliveries, sms: deliveries, whatsapp: deliveries },
    unknownMs: 120_000,
    pairMs: 6_000,
  };
};
