import * as z from 'zod';
import { DEFAULT_LIMIT, MAX_LIMIT } from '../contracts/list-query.ts';
import type { FieldKind, Fields } from './fields.ts';

const text = (description: string) => z.string().optional().meta({ description });

const select = text('Fields to show, with commas; the answer lacks all others but `id`.');

const populate = (references: readonly string[]) =>
  references.length === 0 ? {} : { populate: text(`What to fill in, with commas: ${references.join(', ')}.`) };

/** The query of one resource for the document. */
export const shownParameters = (references: readonly string[] = []): z.ZodObject =>
  z.object({ select, ...populate(references) });

/** The same for a list that is read by key, whose only order is by this field. */
export const pageParameters = (fields: Fields, references: readonly string[], order: string): z.ZodObject =>
  listParameters(fields, references).extend({
    sort: z
      .enum([order, `-${order}`])
      .optional()
      .meta({ description: 'Ascending, or descending.' }),
    cursor: text('Where the page before ended, as its `Link` says.'),
  });

/** The query of a list for the document: its reserved words, and a filter for each field (docs/lists.md). */
export const listParameters = (fields: Fields, references: readonly string[] = []): z.ZodObject =>
  z.object({
    limit: z.int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT).meta({ description: 'How many at most.' }),
    offset: z.int().min(0).default(0).meta({ description: 'How many to leave out.' }),
    sort: text('Fields with commas between them, `-` before one for descending.'),
    select,
    ...populate(references),
    ...Object.fromEntries(Object.entries(fields).map(([field, kind]) => [field, filter(field, kind)])),
  });

const OPERATORS: Readonly<Record<FieldKind, string>> = {
  text: 'equal, `[a,b]` any of, `!` not, `~` contains, `^` starts with',
  number: 'equal, `[1,2]` any of, `!` not, `>` `>=` `<` `<=`',
  date: 'equal, `!` not, `>` `>=` `<` `<=` before a date of ISO 8601',
  boolean: '`true` or `false`, `!` not',
};

const filter = (field: string, kind: FieldKind) => text(`Filters by ${field}: ${OPERATORS[kind]}.`);
