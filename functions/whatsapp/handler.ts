/**
 * Trigger: queue `whatsapp`.
 * Reads and writes the table, calls Meta's Cloud API, sends ticks.
 * On failure: the class of the provider's error decides; our own faults leave the delivery on its queue.
 */
import { createTouchpointHandler } from '../../shared/delivery/handler.ts';
import { createWhatsapp } from '../../shared/providers/whatsapp/whatsapp.ts';

export const handler = createTouchpointHandler('whatsapp', {
  whatsapp: createWhatsapp({ baseUrl: process.env.WHATSAPP_BASE_URL }),
});
