import { describe, expect, it } from 'vitest';
import { serviceFor, servicesByTouchpoint } from '../../shared/domain/services.ts';

const SERVICES = [
  { id: 'old-sms', type: 'twilio', status: 'inactive' },
  { id: 'sms-1', type: 'twilio', status: 'active' },
  { id: 'sms-2', type: 'twilio', status: 'active' },
  { id: 'mail', type: 'ses', status: 'active' },
  { id: 'wa', type: 'whatsapp', status: 'disabled' },
] as const;

describe('services', () => {
  it('are listed by the touchpoint they carry, active ones only', () =>
    expect(servicesByTouchpoint(SERVICES)).toEqual({ sms: ['sms-1', 'sms-2'], email: ['mail'] }));

  it.each<['email' | 'sms' | 'whatsapp', string[], string | undefined]>([
    ['sms', [], 'sms-1'],
    ['sms', ['sms-2'], 'sms-2'],
    ['sms', ['old-sms'], 'sms-1'],
    ['sms', ['mail'], 'sms-1'],
    ['email', ['sms-1'], 'mail'],
    ['whatsapp', ['wa'], undefined],
  ])('%s with %j chosen is sent by %s', (touchpoint, chosen, expected) =>
    expect(serviceFor(SERVICES, touchpoint, chosen)?.id).toBe(expected),
  );

  it('carry nothing where there is none', () => expect(serviceFor([], 'email')).toBeUndefined());
});
