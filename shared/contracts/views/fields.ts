import * as z from 'zod';
import { ObjectIdSchema } from '../conversation-request.ts';

/** What a view's function makes: as its schema says, of values that nobody changes. */
export type View<S extends z.ZodType> = Shown<z.output<S>>;
type Shown<T> = T extends object ? { readonly [K in keyof T]: Shown<T[K]> } : T;

/** Fields that many answers have, each with what it says there. */

export const idField = (description: string) => ObjectIdSchema.meta({ description });

/** A moment in UTC, such as `2026-05-12T09:30:00.000Z`. */
export const momentField = (description: string) => z.string().meta({ description, format: 'date-time' });

export const textField = (description: string) => z.string().meta({ description });

export const orgPathField = z
  .string()
  .meta({ description: 'Ids of the organizations from the root down, joined by #.' });

export const metaField = (description: string) => z.record(z.string(), z.unknown()).meta({ description });
