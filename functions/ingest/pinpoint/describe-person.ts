import { KeptMetaSchema, MetaSchema, ProfileRequestSchema } from '../../../shared/contracts/conversation-request.ts';
import { unstorableIn } from '../../../shared/contracts/storable-json.ts';
import type { Profile } from '../../../shared/domain/conversation.ts';
import type { Endpoint } from './endpoint.ts';

type ProfileField = 'name' | 'givenName' | 'familyName' | 'locale' | 'timeZone' | 'address';

/** What an endpoint says of its person, as a contact has it. */
export interface EndpointPerson {
  readonly profile: Profile;
  readonly meta: Readonly<Record<string, unknown>>;
  /** Fields of the endpoint that a contact cannot have so, by their paths. */
  readonly leftOut: readonly string[];
}

/** What people call the attributes of a user's name: Pinpoint has none of its own (user guide, "Importing segments"). */
const NAMES: ReadonlyMap<string, ProfileField> = new Map([
  ['name', 'name'],
  ['firstname', 'givenName'],
  ['lastname', 'familyName'],
]);

const nameIn = (attribute: string): ProfileField | undefined =>
  NAMES.get(attribute.toLowerCase().replaceAll(/[\s_-]/g, ''));

/** An attribute is a list in Pinpoint; of one value, it is that value. */
const plain = (value: unknown): unknown => (Array.isArray(value) && value.length === 1 ? value[0] : value);

/** Attributes of the user stand before those of the endpoint of the same name, and these before metrics. */
export function describePerson(endpoint: Endpoint): EndpointPerson {
  const attributes = Object.entries(endpoint.User.UserAttributes).map(([name, value]) => ({
    name,
    value: plain(value),
  }));
  const profile = keep(profileFields(endpoint, attributes), ({ field, value }) => {
    const { success, data } = ProfileRequestSchema.shape[field].safeParse(value);
    return success && data !== undefined;
  });
  const meta = metaOf(endpoint);
  return { profile: profile.fields, meta: meta.fields, leftOut: [...profile.leftOut, ...meta.leftOut] };
}

function metaOf({ User, Attributes, Metrics }: Endpoint) {
  const fields = [
    ...fieldsIn('Metrics', Metrics),
    ...fieldsIn('Attributes', Attributes),
    ...fieldsIn('User.UserAttributes', User.UserAttributes).filter(({ field }) => nameIn(field) === undefined),
    ...(User.UserId === undefined ? [] : [{ path: 'User.UserId', field: 'pinpointUserId', value: User.UserId }]),
  ];
  const meta = keep(fields, ({ field, value }) => {
    const one = { [field]: value };
    return MetaSchema.safeParse(one).success && unstorableIn(one) === undefined;
  });
  return KeptMetaSchema.safeParse(meta.fields).success ? meta : keep(fields, () => false);
}

interface Field<Name extends string = string> {
  /** In the endpoint. */
  readonly path: string;
  /** In the contact. */
  readonly field: Name;
  readonly value: unknown;
}

const fieldsIn = (path: string, values: Readonly<Record<string, unknown>>): Field[] =>
  Object.entries(values).map(([name, value]) => ({ path: `${path}.${name}`, field: name, value: plain(value) }));

function profileFields(
  { Demographic: { Locale, Timezone }, Location: { City, Country, PostalCode, Region } }: Endpoint,
  attributes: readonly { name: string; value: unknown }[],
): Field<ProfileField>[] {
  const places = Object.entries({ city: City, region: Region, postalCode: PostalCode, country: Country });
  const address = Object.fromEntries(places.filter(([, value]) => value !== undefined));
  return [
    ...attributes.flatMap(({ name, value }) => {
      const field = nameIn(name);
      return field === undefined ? [] : [{ path: `User.UserAttributes.${name}`, field, value }];
    }),
    // Pinpoint has en_US where others have en-US.
    ...(Locale === undefined
      ? []
      : [{ path: 'Demographic.Locale', field: 'locale' as const, value: Locale.replaceAll('_', '-') }]),
    ...(Timezone === undefined ? [] : [{ path: 'Demographic.Timezone', field: 'timeZone' as const, value: Timezone }]),
    ...(Object.keys(address).length === 0 ? [] : [{ path: 'Location', field: 'address' as const, value: address }]),
  ];
}

function keep<Name extends string>(fields: readonly Field<Name>[], isKept: (field: Field<Name>) => boolean) {
  const kept = fields.filter(isKept);
  return {
    fields: Object.fromEntries(kept.map(({ field, value }) => [field, value])),
    leftOut: fields.filter((field) => !kept.includes(field)).map(({ path }) => path),
  };
}
