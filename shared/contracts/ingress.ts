import * as z from 'zod';
import { ObjectIdSchema, optional, StartConversationSchema } from './conversation-request.ts';

/** What an event on the own bus is called that asks for a start. */
export const START_REQUESTED = 'conversation.start.requested';

/** `detail` of such an event, and body of a message that another service puts on queue `ingress` by itself. */
export const StartRequestedSchema = StartConversationSchema.extend({
  type: optional(StartConversationSchema.shape.type)
    .transform((type) => type ?? 'contact')
    .meta({ description: '`contact`, also if absent.' }),
  id: optional(z.string().min(1).max(255)).meta({
    description: 'Names the event: the same id again has no other effect. The id of EventBridge or SQS if absent.',
  }),
  user: optional(ObjectIdSchema).meta({
    description: 'As whom it acts: a user of the organization or of one above it. The setting `ingestUser` if absent.',
  }),
}).meta({ title: 'Request to start a conversation', description: '`detail` of `conversation.start.requested`.' });

/** What the own bus is told of a request that was refused; no words, which might quote what it says of a person. */
export const StartRefusedSchema = z
  .object({
    version: z.literal('1').meta({ description: 'Another one means that fields went or changed.' }),
    event: z.literal('conversation.start.refused').meta({ description: 'As the `detail-type`.' }),
    id: z.string().meta({ description: 'Of the request, as it named itself, else the id of its event or message.' }),
    organization: z.string().optional().meta({ description: 'As the request names it, if it does.' }),
    code: z.string().meta({ description: 'Why, as in docs/errors.md.' }),
    fields: z.array(z.string()).meta({ description: 'Which fields of the request are to be mended, by their paths.' }),
    at: z.string().meta({ description: 'When it was refused.', format: 'date-time' }),
  })
  .meta({ title: 'Refusal of such a request', description: '`detail` of `conversation.start.refused`.' });
export type StartRefused = z.infer<typeof StartRefusedSchema>;

/** An object of the bucket for imports, as S3 tells of it. */
const UploadedSchema = z.object({
  bucket: z.object({ name: z.string() }),
  object: z.object({ key: z.string(), etag: z.string(), size: z.int().nonnegative() }),
});

/** An upload of which the rows behind `from` are still to be done. */
export const ImportSchema = z.object({
  bucket: z.string(),
  key: z.string(),
  etag: z.string(),
  size: z.int().nonnegative(),
  from: z.int().nonnegative(),
});
export type Import = z.infer<typeof ImportSchema>;

const BusEventSchema = z.object({ id: z.string(), 'detail-type': z.literal(START_REQUESTED), detail: z.unknown() });

/** Queue `ingress`: an upload, the rest of one, an event of the bus, or the bare detail of such an event. */
export const IngressSchema = z.union([
  z.object({ import: ImportSchema }),
  z
    .object({ source: z.literal('aws.s3'), 'detail-type': z.literal('Object Created'), detail: UploadedSchema })
    .transform(({ detail: { bucket, object } }) => ({ import: { bucket: bucket.name, ...object, from: 0 } })),
  BusEventSchema.transform(({ id, detail }) => ({ start: detail, eventId: id })),
  z.record(z.string(), z.unknown()).transform((start) => ({ start, eventId: undefined })),
]);
export type Ingress = z.infer<typeof IngressSchema>;
