import { join } from 'node:path';
import * as z from 'zod';
import { BusEventSchema } from '../../shared/contracts/bus-event.ts';
import { StartRefusedSchema, StartRequestedSchema } from '../../shared/contracts/ingress.ts';

/** `detail` of what goes over the bus, by the file of the repository that has its schema. */
export const EVENT_SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  'event.schema.json': BusEventSchema,
  'start-requested.schema.json': StartRequestedSchema,
  'start-refused.schema.json': StartRefusedSchema,
};

export const schemaFile = (name: string): string => join(import.meta.dirname, '..', '..', 'docs', name);

/** JSON Schema, draft 2020-12. More fields may come. */
export const jsonSchemaOf = (schema: z.ZodType): object => z.toJSONSchema(schema, { io: 'input' });
