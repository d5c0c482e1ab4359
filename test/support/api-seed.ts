import { OrganizationSchema, ServiceSchema, TemplateSchema, UserSchema } from '../../shared/contracts/configuration.ts';
import { putOrganization, putService } from '../../shared/store/configuration.ts';
import type { Table } from '../../shared/store/table.ts';
import { putTemplate } from '../../shared/store/templates.ts';
import { putUser } from '../../shared/store/users.ts';

const ROOT = 'aaa111111111111111111111';

/** Organizations of the tests. All but `other` lie below one root, which the bot's token reaches. */
export const ORGANIZATION = {
  root: ROOT,
  /** Dutch, with a service for every touchpoint, and templates. */
  shop: 'aaa111111111111111111222',
  /** Refuses identifiers that belong to two contacts. */
  strict: 'aaa111111111111111111333',
  /** Email only; its SMS service is switched off. Has no country and no language. */
  bare: 'aaa111111111111111111444',
  brazil: 'aaa111111111111111111055',
  /** Spares its contacts marketing during the day, and more than one in two days. */
  sparing: 'aaa111111111111111111066',
  /** No token of the tests but `stranger` reaches it. */
  other: 'bbb111111111111111111111',
} as const;

export const USER = {
  /** Bears the token that requests carry unless they say otherwise. */
  bot: 'aaa000000000000000000111',
  agent: 'aaa000000000000000000222',
  guest: 'aaa000000000000000000333',
  gone: 'aaa000000000000000000444',
  admin: 'aaa000000000000000000555',
  /** Administers `shop` alone. */
  shopAdmin: 'aaa000000000000000000aaa',
  /** A bot of `shop` alone. */
  shopBot: 'aaa000000000000000000999',
  /** Belongs to `other`. */
  stranger: 'bbb000000000000000000111',
} as const;

export const SERVICE = {
  email: '5b6f8a73623a375f28a53801',
  sms: '5b6f8a73623a375f28a53802',
  whatsapp: '5b6f8a73623a375f28a53803',
} as const;

export const AVATAR = 'https://example.com/avatars/testbot.png';

export const pathOf = (organization: string): string =>
  organization === ROOT || organization === ORGANIZATION.other ? organization : `${ROOT}#${organization}`;

const ORGANIZATIONS = [
  { id: ORGANIZATION.root, name: 'Root' },
  { id: ORGANIZATION.shop, name: 'Shop', country: 'NL', language: 'nl' },
  { id: ORGANIZATION.strict, name: 'Strict', country: 'NL', settings: { identifierConflict: 'reject' as const } },
  { id: ORGANIZATION.bare, name: 'Bare' },
  { id: ORGANIZATION.brazil, name: 'Brazil', country: 'BR' },
  {
    id: ORGANIZATION.sparing,
    name: 'Sparing',
    country: 'NL',
    settings: {
      quietHours: { start: '08:00', end: '20:00' },
      frequencyCaps: [{ messages: 1, perHours: 48 }],
    },
  },
  { id: ORGANIZATION.other, name: 'Other', country: 'NL' },
];

const SERVICES = [
  { id: SERVICE.email, organization: ORGANIZATION.shop, type: 'ses' },
  { id: SERVICE.sms, organization: ORGANIZATION.shop, type: 'twilio' },
  { id: SERVICE.whatsapp, organization: ORGANIZATION.shop, type: 'whatsapp' },
  { id: '5b6f8a73623a375f28a53804', organization: ORGANIZATION.strict, type: 'ses' },
  { id: '5b6f8a73623a375f28a53805', organization: ORGANIZATION.strict, type: 'twilio' },
  { id: '5b6f8a73623a375f28a53806', organization: ORGANIZATION.bare, type: 'ses' },
  { id: '5b6f8a73623a375f28a53807', organization: ORGANIZATION.bare, type: 'twilio', status: 'unverified' },
  { id: '5b6f8a73623a375f28a53808', organization: ORGANIZATION.brazil, type: 'twilio' },
  { id: '5b6f8a73623a375f28a53809', organization: ORGANIZATION.other, type: 'ses' },
  { id: '5b6f8a73623a375f28a5380b', organization: ORGANIZATION.sparing, type: 'twilio' },
  { id: '5b6f8a73623a375f28a5380a', organization: ORGANIZATION.brazil, type: 'whatsapp' },
];

/** By organization: name, language, text, and a status where it is not APPROVED. */
const TEMPLATES = [
  [ORGANIZATION.shop, 'your_car_is_ready', 'nl', 'Uw auto staat klaar!'],
  [ORGANIZATION.shop, 'your_car_is_ready', 'en', 'Your car is ready!'],
  [ORGANIZATION.shop, 'your_car_is_ready', 'de', 'Ihr Auto ist fertig!'],
  [ORGANIZATION.shop, 'your_car_is_ready', 'fr', 'Votre voiture est prête !', 'PENDING'],
  [ORGANIZATION.shop, 'appointment', 'nl', 'Beste {{1}}, tot {{2}}.'],
  [ORGANIZATION.shop, 'draft_only', 'nl', 'Nog niet goedgekeurd.', 'PENDING'],
  [ORGANIZATION.brazil, 'hello', 'en', 'Hello!'],
  [ORGANIZATION.brazil, 'hello', 'pt_BR', 'Olá!'],
  [ORGANIZATION.brazil, 'hello', 'es', '¡Hola!'],
] as const;

const USERS = [
  {
    id: USER.bot,
    name: 'testbot',
    avatar: AVATAR,
    organizations: [
      { organization: ORGANIZATION.root, orgPath: ORGANIZATION.root, role: 'bot' as const, selected: true },
      { organization: ORGANIZATION.shop, orgPath: pathOf(ORGANIZATION.shop), role: 'agent' as const },
    ],
  },
  {
    id: USER.agent,
    givenName: 'Ada',
    familyName: 'Agent',
    organizations: [{ organization: ORGANIZATION.shop, orgPath: pathOf(ORGANIZATION.shop), role: 'agent' as const }],
  },
  {
    id: USER.shopBot,
    name: 'shopbot',
    organizations: [{ organization: ORGANIZATION.shop, orgPath: pathOf(ORGANIZATION.shop), role: 'bot' as const }],
  },
  {
    id: USER.shopAdmin,
    name: 'shopadmin',
    organizations: [{ organization: ORGANIZATION.shop, orgPath: pathOf(ORGANIZATION.shop), role: 'admin' as const }],
  },
  {
    id: USER.guest,
    name: 'guest',
    organizations: [{ organization: ORGANIZATION.shop, orgPath: pathOf(ORGANIZATION.shop), role: 'guest' as const }],
  },
  {
    id: USER.admin,
    name: 'admin',
    organizations: [{ organization: ORGANIZATION.root, orgPath: ORGANIZATION.root, role: 'admin' as const }],
  },
  {
    id: USER.stranger,
    name: 'stranger',
    organizations: [{ organization: ORGANIZATION.other, orgPath: ORGANIZATION.other, role: 'admin' as const }],
  },
];

/** Stores all of the above. */
export async function seed(table: Table): Promise<void> {
  await Promise.all([
    ...ORGANIZATIONS.map((organization) =>
      putOrganization(table, OrganizationSchema.parse({ ...organization, path: pathOf(organization.id) })),
    ),
    ...SERVICES.map((service) => putService(table, ServiceSchema.parse(service))),
    ...TEMPLATES.map(([organization, name, language, text, status = 'APPROVED']) =>
      putTemplate(table, TemplateSchema.parse({ organization, name, language, text, status })),
    ),
    ...USERS.map((user) => putUser(table, UserSchema.parse(user))),
  ]);
}
