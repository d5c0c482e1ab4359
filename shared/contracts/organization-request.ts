import * as z from 'zod';
import { parseEmailAddress } from '../domain/email-address.ts';
import { isCountry } from '../domain/telephone.ts';
import { OrganizationSchema } from './configuration.ts';
import { KeptMetaSchema, ObjectIdSchema, optional, Text } from './conversation-request.ts';
import { isStorableJson } from './storable-json.ts';

const MAX_LIST_BYTES = 64 * 1024;

const name = Text(256)
  .refine((given) => given.trim() !== '', 'must not be empty')
  .meta({ description: 'What it is called.' });

const CountrySchema = z
  .string()
  .transform((code) => code.toUpperCase())
  .refine(isCountry, 'must be two letters of ISO 3166-1, like NL');

export const EmailSchema = Text(320).refine((address) => parseEmailAddress(address).ok, 'must be an email address');

export const WebAddressSchema = Text(2048).refine((url) => /^https?:\/\/\S+$/i.test(url), 'must be a web address');

/** Texts or objects, kept as they are given. */
const KeptListSchema = z
  .array(z.union([Text(256), z.record(z.string(), z.unknown())], { error: 'must be a text or an object' }))
  .max(100)
  .refine(isStorableJson, 'holds a number, a name or a depth that cannot be kept')
  .refine(
    (list) => Buffer.byteLength(JSON.stringify(list)) <= MAX_LIST_BYTES,
    `must not take more than ${MAX_LIST_BYTES} bytes`,
  );

/** In a PATCH `null` clears. */
const fields = {
  displayName: Text(256).nullish().meta({ description: 'What people are shown.' }),
  email: EmailSchema.nullish().meta({ description: 'Where it is reached itself.' }),
  url: WebAddressSchema.nullish().meta({ description: 'Its web site.' }),
  logo: WebAddressSchema.nullish().meta({ description: 'Address of its picture.' }),
  industry: Text(128).nullish().meta({ description: 'What it does.' }),
  country: CountrySchema.nullish().meta({ description: 'ISO 3166-1 alpha-2: reads national telephone numbers.' }),
  language: Text(35).nullish().meta({ description: 'Default language of templates.' }),
  stopwords: z.array(Text(64)).max(100).nullish().meta({ description: 'Kept and shown.' }),
  categories: KeptListSchema.nullish().meta({ description: 'What conversations are filed under.' }),
  commands: KeptListSchema.nullish().meta({ description: 'What its bots listen to, like >sms. Kept and shown.' }),
  tags: z.array(Text(128)).max(50).nullish().meta({ description: 'Words it is filed under.' }),
  meta: KeptMetaSchema.nullish().meta({ description: 'Your own values.' }),
};
const settings = OrganizationSchema.shape.settings.unwrap();

/** Body of `POST /v2/organizations`. */
export const CreateOrganizationSchema = z.object({
  parent: optional(ObjectIdSchema).meta({ description: "Which it stands below; the token's organization if absent." }),
  name,
  ...fields,
  settings: optional(settings)
    .transform((given) => given ?? settings.parse({}))
    .meta({ description: 'How it works.' }),
});
export type OrganizationDraft = Omit<z.infer<typeof CreateOrganizationSchema>, 'parent'>;

/** Body of `PATCH /v2/organizations/{id}`: what it names is replaced whole, `null` clears, all else stays. */
export const PatchOrganizationSchema = z.object({
  parent: optional(ObjectIdSchema).meta({ description: 'Cannot be another than it is.' }),
  name: name.optional(),
  ...fields,
  settings: settings.nullish().meta({ description: 'How it works; replaced whole.' }),
});
export type PatchOrganization = z.infer<typeof PatchOrganizationSchema>;
