import type { User } from '../../shared/contracts/configuration.ts';
import { OrganizationSchema, type Service, TemplateSchema } from '../../shared/contracts/configuration.ts';
import type { ProviderName } from '../../shared/providers/provider.ts';
import type { OrganizationConfiguration } from '../../shared/store/configuration.ts';

/** Who and what is there in every run, under ids that no other run has. */
export interface Setting {
  readonly organization: string;
  readonly caller: string;
  readonly configuration: OrganizationConfiguration;
  readonly users: ReadonlyMap<string, User>;
  serviceOf(provider: ProviderName): Service;
}

export const PEPPER = 'the pepper of the simulation';
/** Where contacts write to. */
export const RECEIVER = '100000001';
export const TEMPLATE = 'reminder';

const PROVIDERS: readonly ProviderName[] = ['ses', 'twilio', 'whatsapp'];
const SERVICE_DIGIT: Readonly<Record<ProviderName, string>> = {
  ses: '1',
  twilio: '2',
  whatsapp: '3',
  'aws-sms': '4',
  'aws-social': '5',
  sunshine: '6',
};

/** `nonce`: ten hexadecimal digits. */
export function createSetting(nonce: string): Setting {
  const organization = `0a${nonce}`.padEnd(24, '0');
  const caller = `0b${nonce}`.padEnd(24, '0');
  const services = PROVIDERS.map(
    (type): Service => ({
      id: `0c${nonce}`.padEnd(23, '0') + SERVICE_DIGIT[type],
      organization,
      name: type,
      type,
      status: 'active',
      params: type === 'whatsapp' ? { phoneNumberId: RECEIVER } : {},
    }),
  );
  const template = TemplateSchema.parse({
    organization,
    name: TEMPLATE,
    language: 'en',
    status: 'APPROVED',
    text: 'We expect you.',
  });
  return {
    organization,
    caller,
    configuration: {
      organization: { ...OrganizationSchema.parse({ id: organization, name: 'Simulated' }), path: organization },
      services,
      webhooks: [],
      channels: [{ id: `0d${nonce}`.padEnd(24, '0'), organization, name: 'Desk' }],
      templates: [template],
    },
    users: new Map([
      [
        caller,
        { id: caller, status: 'active', organizations: [{ organization, orgPath: organization, role: 'admin' }] },
      ],
    ]),
    serviceOf(provider) {
      const service = services.find(({ type }) => type === provider);
      if (!service) throw new Error(`There is no service of ${provider}.`);
      return service;
    },
  };
}

/** The first address is a person's own, the others are new ones of theirs or somebody else's. */
export const emailOf = (person: number): string => `person${person}@example.com`;
export const telephoneOf = (person: number): string => `+3164628${String(1000 + person)}`;
