import { createHash } from 'node:crypto';
import type { Service, Template } from '../../../shared/contracts/configuration.ts';
import { SERVICE_TOUCHPOINTS, touchpointsOf } from '../../../shared/domain/services.ts';
import { AWS, META, SUNSHINE, TWILIO } from '../doubles/credentials.ts';
import type { Seed } from './seed-file.ts';

/** Where the run keeps the doubles' credentials, by the names that a deployed stage would use. */
export const DOUBLES_SECRETS: Readonly<Record<string, string>> = {
  'overture/local/sms/twilio': JSON.stringify({ authToken: TWILIO.authToken }),
  'overture/local/whatsapp/meta': JSON.stringify({
    accessToken: META.accessToken,
    appSecret: META.appSecret,
    verifyToken: META.verifyToken,
  }),
  'overture/local/sms/sunshine': JSON.stringify({
    keyId: SUNSHINE.keyId,
    keySecret: SUNSHINE.keySecret,
    webhookSecret: SUNSHINE.webhookSecret,
  }),
};

/** Numbers kept for fiction, one per service, so that a reply finds the service it is for. */
const smsNumber = (index: number): string => `+1202555${String(100 + (index % 50)).padStart(4, '0')}`;
const whatsappNumber = (index: number): string => `+1202555${String(150 + (index % 50)).padStart(4, '0')}`;
/** Ids of 24 digits, one per service and kind. */
const numbered = (id: string, index: number): string => `${id.slice(0, 21)}${String(index).padStart(3, '0')}`;
const phoneNumberId = (index: number): string => String(106540352242901 + index);

const DEFAULT_PARAMS: Readonly<
  Record<Service['type'], (index: number, organization: { id: string; name: string }) => Service['params']>
> = {
  ses: (_, { id, name }) => ({
    from: `"${name.replaceAll('"', '')}" <hello@overture.example>`,
    inboundDomain: `${id}.in.overture.example`,
  }),
  twilio: (index) => ({ accountSid: TWILIO.accountSid, from: smsNumber(index), secret: 'overture/local/sms/twilio' }),
  whatsapp: (index) => ({
    phoneNumberId: phoneNumberId(index),
    displayPhoneNumber: whatsappNumber(index),
    businessAccountId: String(Number(META.businessAccountId) + index),
    secret: 'overture/local/whatsapp/meta',
  }),
  'aws-sms': (index) => ({ originationIdentity: AWS.numbers[index % AWS.numbers.length] ?? '' }),
  'aws-social': (index) => ({
    phoneNumberId: `${AWS.phoneNumberId.slice(0, -3)}${String(index).padStart(3, '0')}`,
    metaPhoneNumberId: `${AWS.metaPhoneNumberId.slice(0, -3)}${String(index).padStart(3, '0')}`,
    displayPhoneNumber: AWS.displayPhoneNumber,
  }),
  sunshine: (index) => ({
    appId: numbered(SUNSHINE.appId, index),
    smsIntegration: numbered(SUNSHINE.smsIntegration, index),
    whatsappIntegration: numbered(SUNSHINE.whatsappIntegration, index),
    secret: 'overture/local/sms/sunshine',
  }),
};

/** What carries the touchpoints of an organization whose seed names nothing for them. */
const DEFAULT_TYPES = ['ses', 'twilio', 'whatsapp'] as const;

const derivedId = (...parts: string[]): string =>
  createHash('sha256').update(parts.join('/')).digest('hex').slice(0, 24);

/**
 * The seed's services, with what they leave out filled in by the doubles' accounts, and the doubles' service for every
 * touchpoint that an organization has none for.
 */
export function servicesOf({ organizations, services, watemplates }: Seed): Service[] {
  const nameOf = (id: string) => organizations.find((organization) => organization.id === id)?.name ?? id;
  const counters = new Map<Service['type'], number>();
  const fill = (service: Service): Service => {
    const index = counters.get(service.type) ?? 0;
    counters.set(service.type, index + 1);
    const defaults = DEFAULT_PARAMS[service.type](index, {
      id: service.organization,
      name: nameOf(service.organization),
    });
    const params: Service['params'] = { ...defaults, ...service.params };
    return { ...service, params: { ...params, ...(params.whatsappFrom && contentSidsOf(service, watemplates)) } };
  };
  const named = services.map(fill);
  const missing = organizations.flatMap(({ id }) => {
    const carried = named.filter(({ organization }) => organization === id).flatMap(touchpointsOf);
    return DEFAULT_TYPES.filter((type) => !carried.includes(SERVICE_TOUCHPOINTS[type][0])).map((type) =>
      fill(localService(id, type)),
    );
  });
  return [...named, ...missing];
}

/** Under which ids an account of Twilio has an organization's templates; what the seed says of them counts. */
const contentSidsOf = ({ organization, params }: Service, templates: readonly Template[]): Service['params'] => ({
  ...Object.fromEntries(
    templates
      .filter((template) => template.organization === organization)
      .map(({ name, language }) => [
        contentParam(name, language),
        `HX${derivedId(organization, name, language)}00000000`,
      ]),
  ),
  ...params,
});

const contentParam = (name: string, language: string): string => `contentSid:${name}:${language}`;

const localService = (organization: string, type: Service['type']): Service => ({
  id: derivedId(organization, type),
  organization,
  name: `${type} (local)`,
  type,
  status: 'active',
  params: {},
});

/** What the doubles must know of our services: their numbers, and where their callbacks go. */
export function sendersOf(services: readonly Service[], templates: readonly Template[], url: string) {
  const of = (wanted: Service['type']) => services.filter(({ type }) => type === wanted);
  const templatesOf = (organization: string) =>
    templates.filter((t) => t.organization === organization).map(registered);
  return {
    twilio: of('twilio').flatMap(({ id, organization, params }) =>
      [params.from, params.whatsappFrom && `whatsapp:${params.whatsappFrom}`].flatMap((number) =>
        number
          ? {
              accountSid: params.accountSid,
              authToken: TWILIO.authToken,
              number,
              inboundUrl: `${url}/v2/hooks/twilio/${id}/inbound`,
              contents: templatesOf(organization).flatMap((template) => {
                const sid = params[contentParam(template.name, template.language)];
                return sid ? { sid, ...template } : [];
              }),
            }
          : [],
      ),
    ),
    whatsapp: of('whatsapp').map(({ id, organization, params }) => ({
      phoneNumberId: params.phoneNumberId,
      businessAccountId: params.businessAccountId,
      displayPhoneNumber: params.displayPhoneNumber,
      accessToken: META.accessToken,
      appSecret: META.appSecret,
      webhookUrl: `${url}/v2/hooks/whatsapp/${id}`,
      templates: templatesOf(organization),
    })),
    'aws-sms': of('aws-sms').map(({ params }) => ({ originationIdentity: params.originationIdentity })),
    'aws-social': of('aws-social').map(({ organization, params }) => ({
      phoneNumberId: params.phoneNumberId,
      metaPhoneNumberId: params.metaPhoneNumberId,
      displayPhoneNumber: params.displayPhoneNumber,
      templates: templatesOf(organization),
    })),
    sunshine: of('sunshine').map(({ id, organization, params }) => ({
      appId: params.appId,
      keyId: SUNSHINE.keyId,
      keySecret: SUNSHINE.keySecret,
      webhookSecret: SUNSHINE.webhookSecret,
      webhookUrl: `${url}/v2/hooks/sunshine/${id}`,
      smsIntegration: params.smsIntegration,
      whatsappIntegration: params.whatsappIntegration,
      templates: templatesOf(organization),
    })),
  };
}

const registered = ({ name, language, status, components }: Template) => ({
  name,
  language,
  status,
  components,
  body: components.find(({ type }) => type === 'BODY')?.text ?? '',
});
