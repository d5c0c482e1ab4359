import * as z from 'zod';
import { ERROR_STATUS, type ErrorCode } from '../../domain/errors.ts';

const CODES = Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]];

/** The body of every refusal. */
export const ErrorViewSchema = z
  .object({
    error: z
      .object({
        code: z.enum(CODES).meta({ description: 'Stable: build on it.' }),
        message: z.string().meta({ description: 'For people; may change.' }),
        details: z
          .array(
            z.object({
              path: z.string().meta({ description: 'The field, in dots: `messages.0.delay`.' }),
              message: z.string().meta({ description: 'What to do about it.' }),
            }),
          )
          .meta({ description: 'Every field that is wrong.' }),
      })
      .meta({ description: 'Why the request was refused.' }),
  })
  .meta({ id: 'Error', description: 'A refusal.' });
