import { describe, expect, it } from 'vitest';
import { type ServiceType, serviceFor, servicesByTouchpoint, touchpointsOf } from '../../shared/domain/services.ts';

const SERVICES = [
  { id: 'old-sms', type: 'twilio', status: 'inactive', params: {} },
  { id: 'sms-1', type: 'twilio', status: 'active', params: {} },
  { id: 'sms-2', type: 'twilio', status: 'active', params: {} },
  { id: 'mail', type: 'ses', status: 'active', params: {} },
  { id: 'wa', type: 'whatsapp', status: 'disabled', params: {} },
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

  it.each<[ServiceType, Record<string, string>, string[]]>([
    ['ses', {}, ['email']],
    ['whatsapp', {}, ['whatsapp']],
    ['twilio', {}, ['sms']],
    ['twilio', { from: '+1' }, ['sms']],
    ['twilio', { whatsappFrom: '+1' }, ['whatsapp']],
    ['twilio', { messagingServiceSid: 'MG1', whatsappFrom: '+1' }, ['sms', 'whatsapp']],
    ['twilio', { from: '', whatsappFrom: '+1' }, ['whatsapp']],
  ])('of type %s with %j carry %j', (type, params, expected) =>
    expect(touchpointsOf({ type, params })).toEqual(expected),
  );

  it('of one type serve each touchpoint by those that have a sender for it', () => {
    const services = [
      { id: 'text', type: 'twilio', status: 'active', params: { from: '+1' } },
      { id: 'wa', type: 'twilio', status: 'active', params: { whatsappFrom: '+1' } },
    ] as const;
    expect(servicesByTouchpoint(services)).toEqual({ sms: ['text'], whatsapp: ['wa'] });
    expect(serviceFor(services, 'whatsapp', ['text'])?.id).toBe('wa');
    expect(serviceFor(services.slice(0, 1), 'whatsapp', ['text'])).toBeUndefined();
  });

  it('carry nothing where there is none', () => expect(serviceFor([], 'email')).toBeUndefined());
});
