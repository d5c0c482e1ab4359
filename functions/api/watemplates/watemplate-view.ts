import type { Template } from '../../../shared/contracts/configuration.ts';
import type { WatemplateView } from '../../../shared/contracts/views/watemplates.ts';
import { templateIdOf } from '../../../shared/store/templates.ts';
import type { Fields } from '../lists/fields.ts';

const iso = (moment: number | undefined): string | undefined =>
  moment === undefined ? undefined : new Date(moment).toISOString();

/** What templates are filtered and sorted by. */
export const TEMPLATE_FIELDS = {
  id: 'text',
  name: 'text',
  language: 'text',
  status: 'text',
  category: 'text',
  parameter_format: 'text',
  orgPath: 'text',
  createdAt: 'date',
  updatedAt: 'date',
} as const satisfies Fields;

/** A template as the API shows it; its content is in Meta's words. */
export const templateView = (template: Template, orgPath: string): WatemplateView => ({
  id: templateIdOf(template),
  organization: template.organization,
  orgPath,
  name: template.name,
  language: template.language,
  status: template.status,
  reason: template.reason,
  category: template.category,
  parameter_format: template.parameter_format,
  components: template.components,
  providerId: template.providerId,
  createdAt: iso(template.createdAt),
  updatedAt: iso(template.updatedAt),
});
