import { META } from '../../infra/local/doubles/credentials.ts';
import {
  OrganizationSchema,
  type Service,
  ServiceSchema,
  TemplateSchema,
  type User,
} from '../../shared/contracts/configuration.ts';
import type { OrganizationConfiguration } from '../../shared/store/configuration.ts';
import { newId } from '../support/builders.ts';
import { TEMPLATES } from './templates.ts';

export const SECRET = { accessToken: META.accessToken, appSecret: META.appSecret, verifyToken: META.verifyToken };

/** Organizations with a WhatsApp number each, and one user who writes for all of them. */
export interface Setting {
  readonly root: string;
  readonly user: string;
  readonly users: ReadonlyMap<string, User>;
  readonly services: readonly Service[];
  readonly organizations: ReadonlyMap<string, OrganizationConfiguration>;
}

export function createSetting(numbers: number): Setting {
  const root = newId();
  const user = newId();
  const services = Array.from({ length: numbers }, (_, index) =>
    ServiceSchema.parse({
      id: newId(),
      organization: newId(),
      type: 'whatsapp',
      params: { ...numberAt(index), secret: 'meta' },
    }),
  );
  return {
    root,
    user,
    users: new Map([
      [user, { id: user, status: 'active', organizations: [{ organization: root, orgPath: root, role: 'admin' }] }],
    ]),
    services,
    organizations: new Map(services.map((service) => [service.organization, configurationOf(service, root)])),
  };
}

const numberAt = (index: number) => ({
  phoneNumberId: String(106540352242901 + index),
  displayPhoneNumber: `+1202555${150 + index}0`.slice(0, 12),
});

const configurationOf = (service: Service, root: string): OrganizationConfiguration => ({
  organization: {
    ...OrganizationSchema.parse({ id: service.organization, name: 'Garage', country: 'NL', language: 'nl' }),
    path: `${root}#${service.organization}`,
  },
  services: [service],
  webhooks: [],
  channels: [],
  templates: TEMPLATES.map((template) => TemplateSchema.parse({ ...template, organization: service.organization })),
});

/** The numbers as Meta knows them. */
export const numbersOf = ({ services }: Setting, webhookUrl: string) =>
  services.map(({ id, params }) => ({
    phoneNumberId: params.phoneNumberId,
    displayPhoneNumber: params.displayPhoneNumber,
    accessToken: META.accessToken,
    appSecret: META.appSecret,
    webhookUrl: `${webhookUrl}/v2/hooks/whatsapp/${id}`,
    templates: TEMPLATES.map(({ name, language, status, components }) => ({
      name,
      language,
      status,
      components,
      body: components.find(({ type }) => type === 'BODY')?.text ?? '',
    })),
  }));
