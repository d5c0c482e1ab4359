import type { CreateDocumentOptions, createDocument } from 'zod-openapi';

type Document = ReturnType<typeof createDocument>;

/**
 * What zod closes in answers stays open: clients have to bear new fields. In requests only what is strict is closed, and
 * what must not be there fits nothing.
 */
export const leaveOpen: NonNullable<CreateDocumentOptions['override']> = ({ jsonSchema, zodSchema, io }) => {
  const { type } = zodSchema._zod.def;
  if (type === 'undefined') jsonSchema.not = {};
  if (io === 'output' && type === 'object' && jsonSchema.additionalProperties === false) {
    delete jsonSchema.additionalProperties;
  }
};

/** Bodies may say null for what they leave out; a query or a path cannot. */
export function withoutNull(document: Document): Document {
  return JSON.parse(JSON.stringify(document), (_, value) =>
    typeof value === 'object' && value !== null && 'in' in value && 'schema' in value
      ? { ...value, schema: notNull(value.schema) }
      : value,
  );
}

type Json = Record<string, unknown>;

const isNull = (schema: unknown): boolean => (schema as Json).type === 'null';

function notNull(schema: Json): Json {
  const { anyOf, type, ...rest } = schema;
  if (Array.isArray(anyOf) && anyOf.some(isNull)) return { ...rest, ...anyOf.find((one) => !isNull(one)) };
  if (Array.isArray(type)) return { ...rest, type: type.find((one) => one !== 'null') };
  return schema;
}
