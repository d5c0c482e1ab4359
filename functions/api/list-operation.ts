import * as z from 'zod';
import { DEFAULT_LIMIT, MAX_LIMIT } from '../../shared/contracts/list-query.ts';
import type { FieldKind, Fields } from './lists/fields.ts';

const KIND: Readonly<Record<FieldKind, string>> = {
  text: 'text, in any case',
  number: 'number',
  date: 'time of ISO 8601',
  boolean: 'true or false',
};

/** What may be asked of one resource: which fields of it, and what it refers to. */
export const showQuery = z.object({
  select: z.string().optional().meta({ description: 'Fields to show, dotted, with commas between; `id` always is.' }),
  populate: z.string().optional().meta({ description: 'References to fill in, with commas between.' }),
});

/** The query of a list: its grammar, and a filter for each field. */
export const listQuery = (fields: Fields): z.ZodObject =>
  z.object({
    sort: z.string().optional().meta({ description: 'Fields with commas between; `-` before one turns its order.' }),
    limit: z.int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT).meta({ description: 'How many at most.' }),
    offset: z.int().min(0).default(0).meta({ description: 'How many to pass over.' }),
    cursor: z.string().optional().meta({ description: 'Where the page before ended: follow `Link` instead.' }),
    ...showQuery.shape,
    ...Object.fromEntries(
      Object.entries(fields).map(([field, kind]) => [
        field,
        z
          .string()
          .optional()
          .meta({ description: `Filter: ${KIND[kind]}, after \`~ ^ > >= < <= !\` or one of \`[a,b]\`.` }),
      ]),
    ),
  });
