import * as z from 'zod';

const id = (of: string) => z.string().meta({ description: `Id of the ${of}.` });

/** `detail` of what we tell the event bus: `source` is `overture`, `detail-type` the event. Fields may be added. */
export const BusEventSchema = z
  .object({
    version: z.literal('1').meta({ description: 'Another one means that fields went or changed.' }),
    id: z.string().meta({ description: 'Of the event: the same where it is told more than once.' }),
    event: z.string().meta({ description: 'What happened, such as message.create.contact.chat.' }),
    organization: id('organization'),
    orgPath: z.string().meta({ description: 'Ids of the organizations from the root down, joined by #.' }),
    ids: z
      .object({
        conversation: id('conversation').optional(),
        message: id('message').optional(),
        contact: id('contact').optional(),
        otherContact: id('other contact, who owns an identifier that was given').optional(),
        organization: id('organization').optional(),
        service: id('service').optional(),
        channel: id('channel').optional(),
        watemplate: id('template').optional(),
        user: id('user').optional(),
      })
      .meta({ description: 'What it happened to.' }),
    at: z.string().meta({ description: 'When it happened.', format: 'date-time' }),
  })
  .meta({ title: 'Event of Overture', description: 'Ids and names only: read the rest by the API.' });
export type BusEvent = z.infer<typeof BusEventSchema>;

/** Queue `webhooks` too: the bus did not take an event, tell it again. */
export const RetoldEventSchema = z.object({ bus: BusEventSchema });
export type RetoldEvent = z.infer<typeof RetoldEventSchema>;
