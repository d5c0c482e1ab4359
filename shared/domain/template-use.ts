import * as z from 'zod';

const text = z.string();

const HeaderUseSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text, name: text.optional() }),
  z.object({ type: z.literal('image'), link: text }),
  z.object({ type: z.literal('video'), link: text }),
  z.object({ type: z.literal('document'), link: text, filename: text.optional() }),
  z.object({
    type: z.literal('location'),
    latitude: z.number(),
    longitude: z.number(),
    name: text.optional(),
    address: text.optional(),
  }),
]);
export type HeaderUse = z.infer<typeof HeaderUseSchema>;

const ButtonUseSchema = z.object({
  /** Place among the template's buttons, from 0. */
  index: z.int(),
  type: z.enum(['quick_reply', 'url', 'copy_code']),
  value: text,
});
export type ButtonUse = z.infer<typeof ButtonUseSchema>;

/** One use of an approved template: everything that is sent of it. */
export const TemplateUseSchema = z.object({
  name: text,
  /** In the provider's spelling. */
  language: text,
  /** What fills the body's places, in their order. */
  parameters: z.array(text),
  /** The names of these places, in the same order, where the template names them. */
  names: z.array(text).optional(),
  header: HeaderUseSchema.optional(),
  buttons: z.array(ButtonUseSchema).optional(),
});
export type TemplateUse = z.infer<typeof TemplateUseSchema>;

/** A template as it goes out: what is sent of it, and what the contact reads. */
export const FilledTemplateSchema = z.object({ use: TemplateUseSchema, text });
export type FilledTemplate = z.infer<typeof FilledTemplateSchema>;
