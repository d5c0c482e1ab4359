import { afterAll, beforeAll } from 'vitest';
import { type ProviderServer, startProviderServer } from '../provider-server.ts';
import { AWS_SMS } from './aws-sms.ts';
import { AWS_SOCIAL } from './aws-social.ts';
import { SES } from './ses.ts';
import { describeContract } from './suite.ts';
import { SUNSHINE_SMS, SUNSHINE_WHATSAPP } from './sunshine.ts';
import { TWILIO_SMS, TWILIO_WHATSAPP } from './twilio.ts';
import { WHATSAPP } from './whatsapp.ts';

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

describeContract('SES', SES, () => server);
describeContract('SMS by Twilio', TWILIO_SMS, () => server);
describeContract('WhatsApp by Twilio', TWILIO_WHATSAPP, () => server);
describeContract('WhatsApp by Meta', WHATSAPP, () => server);
describeContract('SMS by AWS', AWS_SMS, () => server);
describeContract('WhatsApp by AWS', AWS_SOCIAL, () => server);
describeContract('SMS by Sunshine', SUNSHINE_SMS, () => server);
describeContract('WhatsApp by Sunshine', SUNSHINE_WHATSAPP, () => server);
