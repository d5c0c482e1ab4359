import * as z from 'zod';
import { WatemplateSyncViewSchema, WatemplateViewSchema } from '../../../shared/contracts/views/watemplates.ts';
import {
  ChangeTemplateSchema,
  CreateTemplateSchema,
  SyncTemplatesSchema,
} from '../../../shared/contracts/watemplate-request.ts';
import type { Operations } from '../../../shared/http/operation.ts';
import { listParameters, shownParameters } from '../../../shared/lists/list-parameters.ts';
import { TEMPLATE_FIELDS } from './watemplate-fields.ts';

const text = 'Beste {{1}}, uw auto staat klaar om opgehaald te worden!';
const body = { type: 'BODY', text, example: { body_text: [['John']] } };

export const WATEMPLATE_OPERATIONS: Operations = {
  'GET /v2/watemplates': {
    summary: 'List WhatsApp templates',
    query: listParameters({ organization: 'text', ...TEMPLATE_FIELDS }),
    answers: {
      200: {
        description: 'Templates, by name and language.',
        schema: z.array(WatemplateViewSchema),
        headers: ['Link', 'X-Total-Count'],
      },
    },
    errors: ['invalid_request', 'not_found'],
  },
  'POST /v2/watemplates': {
    summary: 'Make a WhatsApp template',
    description: 'It is made at Meta, which has to approve it.',
    body: CreateTemplateSchema,
    examples: {
      'Your car is ready': { name: 'your_car_is_ready', language: 'nl', category: 'UTILITY', components: [body] },
    },
    answers: { 201: { description: 'The template, waiting for approval.', schema: WatemplateViewSchema } },
    errors: ['invalid_request', 'template_refused', 'not_found', 'template_exists', 'provider_unavailable'],
  },
  'POST /v2/watemplates/sync': {
    summary: 'Bring the templates that Meta has',
    query: SyncTemplatesSchema,
    answers: { 200: { description: 'What came, changed and went.', schema: WatemplateSyncViewSchema } },
    errors: ['invalid_request', 'template_refused', 'not_found', 'provider_unavailable'],
  },
  'GET /v2/watemplates/:id': {
    summary: 'Read a WhatsApp template',
    query: shownParameters(),
    answers: { 200: { description: 'The template.', schema: WatemplateViewSchema } },
    errors: ['invalid_request', 'not_found'],
  },
  'PATCH /v2/watemplates/:id': {
    summary: 'Change a WhatsApp template',
    description: 'Its content or category, at Meta, which reviews it again.',
    body: ChangeTemplateSchema,
    examples: { 'Another text': { components: [body] } },
    answers: { 200: { description: 'The template, waiting for approval.', schema: WatemplateViewSchema } },
    errors: ['invalid_request', 'template_refused', 'not_found', 'provider_unavailable'],
  },
  'DELETE /v2/watemplates/:id': {
    summary: 'Delete a WhatsApp template',
    description: 'At Meta too.',
    answers: { 204: { description: 'It is gone.' } },
    errors: ['invalid_request', 'template_refused', 'not_found', 'provider_unavailable'],
  },
};
