/**
 * Trigger: queue `sms`.
 * Reads and writes the table, calls Twilio, sends ticks.
 * On failure: the class of the provider's error decides; our own faults leave the delivery on its queue.
 */
import { createTouchpointHandler } from '../../shared/delivery/handler.ts';
import { createTwilio } from '../../shared/providers/twilio/twilio.ts';

export const handler = createTouchpointHandler('sms', {
  twilio: createTwilio({ baseUrl: process.env.TWILIO_BASE_URL }),
});
