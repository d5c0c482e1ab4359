import * as z from 'zod';
import { parseShape } from '../../../shared/http/errors.ts';

const words = z
  .nullish(z.union([z.string(), z.number()]))
  .transform((value) => (value === null || value === undefined ? undefined : String(value).trim() || undefined));
const upper = words.transform((value) => value?.toUpperCase());
const own = z.nullish(z.record(z.string(), z.unknown())).transform((value) => value ?? {});
const group = <T extends z.ZodRawShape>(shape: T) =>
  z.nullish(z.object(shape)).transform((value) => value ?? z.object(shape).parse({}));

/**
 * An endpoint of Amazon Pinpoint, as far as it means something here: a line of what `CreateExportJob` writes
 * (`EndpointRequest` and `EndpointResponse` of its API reference), or a row of a segment file.
 */
export const EndpointSchema = z.object({
  Id: words,
  ChannelType: upper,
  Address: words,
  EndpointStatus: upper,
  OptOut: upper,
  EffectiveDate: words,
  Attributes: own,
  Metrics: own,
  Demographic: group({ Locale: words, Timezone: words }),
  Location: group({ City: words, Country: words, PostalCode: words, Region: words }),
  User: group({ UserId: words, UserAttributes: own }),
});
export type Endpoint = z.infer<typeof EndpointSchema>;

/** What says whose address it is, and whether it may be written to. */
const NEEDED: readonly unknown[] = ['ChannelType', 'Address', 'OptOut'] satisfies (keyof Endpoint)[];

/**
 * Reads an endpoint without the fields that have no shape of theirs, whose paths it names: no opt-out is lost over them.
 * Throws 400 where one is needed.
 */
export function readEndpoint(json: unknown): { endpoint: Endpoint; leftOut: readonly string[] } {
  const paths = EndpointSchema.safeParse(json).error?.issues.map(({ path }) => path) ?? [];
  const isReadable = paths.every(([field]) => field !== undefined && !NEEDED.includes(field));
  const kept = isReadable ? paths.reduce(without, json) : json;
  return { endpoint: parseShape(EndpointSchema, kept), leftOut: paths.map((path) => path.join('.')) };
}

function without(value: unknown, [field = '', ...inner]: readonly PropertyKey[]): unknown {
  const { [field]: given, ...others } = Object(value);
  return inner.length === 0 ? others : { ...others, [field]: without(given, inner) };
}
