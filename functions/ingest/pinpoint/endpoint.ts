import * as z from 'zod';

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
