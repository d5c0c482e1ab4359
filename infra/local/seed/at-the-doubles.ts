import { createHash } from 'node:crypto';
import type { Service, Template } from '../../../shared/contracts/configuration.ts';
import { META, TWILIO } from '../doubles/credentials.ts';
import type { Seed } from './seed-file.ts';

/** Where the run keeps the doubles' credentials, by the names that a deployed stage would use. */
export const DOUBLES_SECRETS: Readonly<Record<string, string>> = {
  'overture/local/sms/twilio': JSON.stringify({ authToken: TWILIO.authToken }),
  'overture/local/whatsapp/meta': JSON.stringify({
    accessToken: META.accessToken,
    appSecret: META.appSecret,
    verifyToken: META.verifyToken,
  }),
};

/** Numbers kept for fiction, one per service, so that a reply finds the service it is for. */
const smsNumber = (index: number): string => `+1202555${String(100 + (index % 50)).padStart(4, '0')}`;
const whatsappNumber = (index: number): string => `+1202555${String(150 + (index % 50)).padStart(4, '0')}`;
const phoneNumberId = (index: number): string => String(106540352242901 + index);

const DEFAULT_PARAMS: Readonly<Record<Service['type'], (index: number, organization: string) => Service['params']>> = {
  ses: (_, organization) => ({ from: `"${organization.replaceAll('"', '')}" <hello@overture.example>` }),
  twilio: (index) => ({ accountSid: TWILIO.accountSid, from: smsNumber(index), secret: 'overture/local/sms/twilio' }),
  whatsapp: (index) => ({
    phoneNumberId: phoneNumberId(index),
    displayPhoneNumber: whatsappNumber(index),
    secret: 'overture/local/whatsapp/meta',
  }),
};

const TYPES = ['ses', 'twilio', 'whatsapp'] as const;

const derivedId = (...parts: string[]): string =>
  createHash('sha256').update(parts.join('/')).digest('hex').slice(0, 24);

/**
 * The seed's services, with what they leave out filled in by the doubles' accounts, and the doubles' service for every
 * touchpoint that an organization has none for.
 */
export function servicesOf({ organizations, services }: Seed): Service[] {
  const missing = organizations.flatMap(({ id }) =>
    TYPES.filter((type) => !services.some((service) => service.organization === id && service.type === type)).map(
      (type): Service => ({
        id: derivedId(id, type),
        organization: id,
        name: `${type} (local)`,
        type,
        status: 'active',
        params: {},
      }),
    ),
  );
  const nameOf = (id: string) => organizations.find((organization) => organization.id === id)?.name ?? id;
  const counters: Record<Service['type'], number> = { ses: 0, twilio: 0, whatsapp: 0 };
  return [...services, ...missing].map((service) => ({
    ...service,
    params: {
      ...DEFAULT_PARAMS[service.type](counters[service.type]++, nameOf(service.organization)),
      ...service.params,
    },
  }));
}

/** What the doubles must know of our services: their numbers, and where their callbacks go. */
export const sendersOf = (services: readonly Service[], templates: readonly Template[], url: string) => ({
  twilio: services
    .filter(({ type, params }) => type === 'twilio' && params.from !== undefined)
    .map(({ id, params }) => ({
      accountSid: params.accountSid,
      authToken: TWILIO.authToken,
      number: params.from,
      inboundUrl: `${url}/v2/hooks/twilio/${id}/inbound`,
    })),
  whatsapp: services
    .filter(({ type }) => type === 'whatsapp')
    .map(({ id, organization, params }) => ({
      phoneNumberId: params.phoneNumberId,
      displayPhoneNumber: params.displayPhoneNumber,
      accessToken: META.accessToken,
      appSecret: META.appSecret,
      webhookUrl: `${url}/v2/hooks/whatsapp/${id}`,
      templates: templates
        .filter((template) => template.organization === organization)
        .map(({ name, language, status, components }) => ({
          name,
          language,
          status,
          body: components.find(({ type }) => type === 'BODY')?.text ?? '',
        })),
    })),
});
