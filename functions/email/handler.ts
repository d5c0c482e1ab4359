/**
 * Trigger: queue `email`.
 * Reads and writes the table, calls SES, sends ticks.
 * On failure: the class of the provider's error decides; our own faults leave the delivery on its queue.
 */
import { createTouchpointHandler } from '../../shared/delivery/handler.ts';
import { createSes } from '../../shared/providers/ses/ses.ts';

export const handler = createTouchpointHandler('email', { ses: createSes() });
