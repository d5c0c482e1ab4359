/**
 * What the local run uses where a deployed stage has Secrets Manager. The doubles accept only what is registered with
 * them, so these open nothing else; the numbers are valid to a validator, the American ones are kept for fiction.
 */
const localHex = (label: string) => `10ca1${label}`.padEnd(32, '0');

export const TWILIO = {
  accountSid: `AC${localHex('acc')}`,
  authToken: localHex('aa'),
  numbers: ['+12025550101', '+12025550102', '+3197010200001', '+3197010200002'],
} as const;

export const META = {
  accessToken: 'local-access-token-of-the-doubles',
  appSecret: 'local-app-secret-of-the-doubles',
  verifyToken: 'local-verify-token-of-the-doubles',
  businessAccountId: '102290129340398',
  numbers: [
    { phoneNumberId: '106540352242901', displayPhoneNumber: '+12025550151' },
    { phoneNumberId: '106540352242902', displayPhoneNumber: '+12025550152' },
  ],
} as const;

/** The organization's own number of AWS, and what Meta calls its WhatsApp number. */
export const AWS = {
  numbers: ['+12025550131', '+12025550132'],
  phoneNumberId: 'phone-number-id-10ca1000000000000000000000000001',
  metaPhoneNumberId: '574086085794001',
  displayPhoneNumber: '+12025550141',
} as const;

export const SUNSHINE = {
  appId: localHex('app').slice(0, 24),
  keyId: 'app_local',
  keySecret: 'local-key-secret-of-the-doubles',
  webhookSecret: localHex('web'),
  smsIntegration: localHex('5').slice(0, 24),
  whatsappIntegration: localHex('6').slice(0, 24),
} as const;
