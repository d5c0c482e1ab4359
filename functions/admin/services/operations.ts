import * as z from 'zod';
import { DEFAULT_LIMIT, MAX_LIMIT } from '../../../shared/contracts/list-query.ts';
import { ChangeServiceSchema, CreateServiceSchema } from '../../../shared/contracts/service-request.ts';
import { GivenUpViewSchema, ReplayViewSchema, ServiceViewSchema } from '../../../shared/contracts/views/services.ts';
import type { Operations } from '../../../shared/http/operation.ts';
import { listParameters, shownParameters } from '../../../shared/lists/list-parameters.ts';
import { SERVICE_FIELDS } from './service-fields.ts';

const webhook = {
  name: 'My bot',
  type: 'webhook',
  params: { url: 'https://bot.example.com/hook', events: ['message.create.contact.*'] },
};

export const SERVICE_OPERATIONS: Operations = {
  'GET /v2/services': {
    summary: 'List services',
    query: listParameters({ organization: 'text', ...SERVICE_FIELDS }),
    answers: {
      200: {
        description: 'The services of one organization.',
        schema: z.array(ServiceViewSchema),
        headers: ['X-Total-Count', 'Link'],
      },
    },
    errors: ['invalid_request', 'not_found'],
  },
  'POST /v2/services': {
    summary: 'Make a service',
    description:
      'A webhook is `unverified` and told of nothing until `PATCH` makes it active. Its secret is shown here and never again.',
    body: CreateServiceSchema,
    examples: { 'A webhook': webhook },
    answers: { 201: { description: 'The service.', schema: ServiceViewSchema } },
    errors: ['invalid_request', 'forbidden', 'not_found'],
  },
  'GET /v2/services/:id': {
    summary: 'Read a service',
    query: shownParameters(),
    answers: { 200: { description: 'The service.', schema: ServiceViewSchema } },
    errors: ['invalid_request', 'not_found'],
  },
  'PATCH /v2/services/:id': {
    summary: 'Change a service',
    description:
      '`params` is replaced as a whole; the secret of a webhook stays unless one is given. A webhook with a new URL, or made active, has to answer `GET <url>?type=subscribe&challenge=…` with the challenge.',
    body: ChangeServiceSchema,
    examples: { 'Verify a webhook': { status: 'active' } },
    answers: { 200: { description: 'The service.', schema: ServiceViewSchema } },
    errors: ['invalid_request', 'forbidden', 'webhook_unverified', 'not_found'],
  },
  'DELETE /v2/services/:id': {
    summary: 'Delete a service',
    answers: { 204: { description: 'It is gone.' } },
    errors: ['not_found'],
  },
  'GET /v2/services/:id/deliveries': {
    summary: 'List what a webhook was not told of',
    description: 'Notifications that it did not take within 24 hours, or refused for good. They are kept for 30 days.',
    query: z.object({
      limit: z.int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT).meta({ description: 'How many at most.' }),
      cursor: z.string().optional().meta({ description: 'Where the page before ended, as its `Link` says.' }),
    }),
    answers: {
      200: { description: 'Newest first.', schema: z.array(GivenUpViewSchema), headers: ['Link'] },
    },
    errors: ['invalid_request', 'not_found'],
  },
  'POST /v2/services/:id/replay': {
    summary: 'Tell a webhook again what it missed',
    description: 'Up to 500 notifications, the oldest first, with the ids they had.',
    answers: { 202: { description: 'They are on their way.', schema: ReplayViewSchema } },
    errors: ['invalid_request', 'not_found'],
  },
};
