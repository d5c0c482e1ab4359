/**
 * Trigger: queue `whatsapp`.
 * Reads and writes the table, calls the provider of the service, sends ticks.
 * On failure: the class of the provider's error decides; our own faults leave the delivery on its queue.
 */
import { createTouchpointHandler } from '../../shared/delivery/handler.ts';
import { createAwsSocial } from '../../shared/providers/aws-social/aws-social.ts';
import { createSunshine } from '../../shared/providers/sunshine/sunshine.ts';
import { createTwilio } from '../../shared/providers/twilio/twilio.ts';
import { createWhatsapp } from '../../shared/providers/whatsapp/whatsapp.ts';

export const handler = createTouchpointHandler('whatsapp', {
  twilio: createTwilio({ baseUrl: process.env.TWILIO_BASE_URL }),
  whatsapp: createWhatsapp({ baseUrl: process.env.WHATSAPP_BASE_URL }),
  'aws-social': createAwsSocial(),
  sunshine: createSunshine({ baseUrl: process.env.SUNSHINE_BASE_URL }),
});
