import type { CallbackRequest, Correlation, SendRequest, ServiceConfig } from '../../shared/providers/provider.ts';

export const CORRELATION: Correlation = {
  conversation: '5bb01d0dd99faf11a3f4a36e',
  key: 'M#1750030073000#0000000007',
  attempt: 2,
  message: '5bb01d0dd99faf11a3f4a370',
};
export const CORRELATION_QUERY = 'c=5bb01d0dd99faf11a3f4a36e&k=1750030073000-0000000007&a=2&m=5bb01d0dd99faf11a3f4a370';

const service = (type: ServiceConfig['type'], params: ServiceConfig['params']): ServiceConfig => ({
  id: '5bb01d0dd99faf11a3f4a399',
  organization: '5bb01d0dd99faf11a3f4a300',
  type,
  params,
});

const common = {
  correlation: CORRELATION,
  publicUrl: 'https://hooks.example.test',
  timeoutMs: 2000,
};

export const ACCOUNT_SID = `AC${'a'.repeat(32)}`;

export const smsRequest = (overrides: Partial<SendRequest> = {}): SendRequest => ({
  ...common,
  touchpoint: 'sms',
  service: service('twilio', { accountSid: ACCOUNT_SID, from: '+15550001111' }),
  secret: { authToken: 'test-auth-token-0000000000000000' },
  to: '+31646280994',
  content: { kind: 'text', text: 'Hello John' },
  ...overrides,
});

export const whatsappRequest = (overrides: Partial<SendRequest> = {}): SendRequest => ({
  ...common,
  touchpoint: 'whatsapp',
  service: service('whatsapp', { phoneNumberId: '106540352242922' }),
  secret: { accessToken: 'meta-token', appSecret: 'test-app-secret', verifyToken: 'verify-me' },
  to: '+31646280994',
  content: { kind: 'text', text: 'Hello John' },
  ...overrides,
});

export const awsSmsRequest = (overrides: Partial<SendRequest> = {}): SendRequest => ({
  ...smsRequest(),
  service: service('aws-sms', { originationIdentity: '+12065550152', configurationSet: 'overture' }),
  secret: {},
  ...overrides,
});

export const awsSocialRequest = (overrides: Partial<SendRequest> = {}): SendRequest => ({
  ...whatsappRequest(),
  service: service('aws-social', { phoneNumberId: 'phone-number-id-01234567890123456789012345678901' }),
  secret: {},
  ...overrides,
});

export const sunshineRequest = (overrides: Partial<SendRequest> = {}): SendRequest => ({
  ...smsRequest(),
  service: service('sunshine', {
    appId: '5d8cff3cd55b040010928b5b',
    smsIntegration: 'sms-integration',
    whatsappIntegration: 'whatsapp-integration',
  }),
  secret: { keyId: 'app_1', keySecret: 'key-secret' },
  ...overrides,
});

export const emailRequest = (overrides: Partial<SendRequest> = {}): SendRequest => ({
  ...common,
  touchpoint: 'email',
  service: service('ses', { from: 'Overture <hello@example.com>' }),
  secret: {},
  to: 'john@example.org',
  content: { kind: 'email', subject: 'Hello', text: 'Hello John' },
  ...overrides,
});

export const withParams = (request: SendRequest, params: ServiceConfig['params']): SendRequest => ({
  ...request,
  service: { ...request.service, params: { ...request.service.params, ...params } },
});

export const callback = (overrides: Partial<CallbackRequest> & { url: string }): CallbackRequest => ({
  method: 'POST',
  headers: {},
  body: Buffer.alloc(0),
  ...overrides,
});
