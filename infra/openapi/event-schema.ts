import { join } from 'node:path';
import * as z from 'zod';
import { BusEventSchema } from '../../shared/contracts/bus-event.ts';

/** The schema of events on the bus as a file of the repository. */
export const EVENT_SCHEMA_FILE = join(import.meta.dirname, '..', '..', 'docs', 'event.schema.json');

/** JSON Schema, draft 2020-12. More fields may come. */
export const buildEventSchema = (): object => z.toJSONSchema(BusEventSchema, { io: 'input' });
