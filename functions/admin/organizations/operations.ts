import * as z from 'zod';
import { CreateOrganizationSchema, PatchOrganizationSchema } from '../../../shared/contracts/organization-request.ts';
import { OrganizationViewSchema } from '../../../shared/contracts/views/organizations.ts';
import type { Operations } from '../../../shared/http/operation.ts';
import { listParameters, shownParameters } from '../../../shared/lists/list-parameters.ts';
import { ORGANIZATION_FIELDS } from './organization-fields.ts';
import { ORGANIZATION_REFERENCES } from './organization-references.ts';

const references = Object.keys(ORGANIZATION_REFERENCES);
const organization = { description: 'The organization.', schema: OrganizationViewSchema };

export const ORGANIZATION_OPERATIONS: Operations = {
  'GET /v2/organizations': {
    summary: 'List organizations',
    description: 'Those of the token and all below them.',
    query: listParameters(ORGANIZATION_FIELDS, references),
    answers: {
      200: {
        description: 'Each behind the one above it.',
        schema: z.array(OrganizationViewSchema),
        headers: ['Link', 'X-Total-Count'],
      },
    },
    errors: ['invalid_request'],
  },
  'POST /v2/organizations': {
    summary: 'Make an organization',
    description: 'Below another one, ten levels deep at most.',
    body: CreateOrganizationSchema,
    examples: { 'A garage': { name: 'Garage Johnson', country: 'NL', language: 'nl' } },
    answers: { 201: organization },
    errors: ['invalid_request', 'not_found'],
  },
  'GET /v2/organizations/:id': {
    summary: 'Read an organization',
    query: shownParameters(references),
    answers: { 200: organization },
    errors: ['invalid_request', 'not_found'],
  },
  'PATCH /v2/organizations/:id': {
    summary: 'Change an organization',
    description:
      'What is named is replaced whole, `settings` and `meta` too, and `null` clears. Messages follow it within a minute.',
    body: PatchOrganizationSchema,
    examples: { Settings: { settings: { identifierConflict: 'reject' } } },
    answers: { 200: organization },
    errors: ['invalid_request', 'not_found'],
  },
  'DELETE /v2/organizations/:id': {
    summary: 'Delete an organization',
    description:
      'With its services, channels and templates. Organizations below it, users and conversations are deleted first.',
    answers: { 204: { description: 'It is gone.' } },
    errors: ['not_found', 'organization_not_empty'],
  },
};
