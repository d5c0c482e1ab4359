/**
 * Trigger: queue `sms`.
 * Reads and writes the table, calls the provider of the service, sends ticks.
 * On failure: the class of the provider's error decides; our own faults leave the delivery on its queue.
 */
import { createTouchpointHandler } from '../../shared/delivery/handler.ts';
import { createAwsSms } from '../../shared/providers/aws-sms/aws-sms.ts';
import { createSunshine } from '../../shared/providers/sunshine/sunshine.ts';
import { createTwilio } from '../../shared/providers/twilio/twilio.ts';

export const handler = createTouchpointHandler('sms', {
  twilio: createTwilio({ baseUrl: process.env.TWILIO_BASE_URL }),
  'aws-sms': createAwsSms(),
  sunshine: createSunshine({ baseUrl: process.env.SUNSHINE_BASE_URL }),
});
