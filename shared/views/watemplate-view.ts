import type { Template } from '../contracts/configuration.ts';
import type { WatemplateView } from '../contracts/views/watemplates.ts';
import { templateIdOf } from '../store/templates.ts';

const iso = (moment: number | undefined): string | undefined =>
  moment === undefined ? undefined : new Date(moment).toISOString();

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
