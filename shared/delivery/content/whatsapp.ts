import { asFallback, asSent } from '../../domain/fallback.ts';
import type { TemplateUse } from '../../domain/template-use.ts';
import { statusOf } from '../../domain/wa-template.ts';
import { isWindowOpen } from '../../domain/whatsapp-window.ts';
import type { Content } from '../../providers/provider.ts';
import type { OrganizationConfiguration } from '../../store/configuration.ts';
import type { SendOutcome } from '../../store/deliveries.ts';
import { refuse } from '../refuse.ts';
import type { Written } from './writer.ts';

/**
 * A template while it is approved, as far as a configuration of up to a minute ago knows; free text while the window of
 * the number that sends is open, else its fallback.
 */
export const whatsappContent = ({
  message,
  conversation,
  configuration,
  service,
  now,
}: Omit<Written, 'parts'>): Content | SendOutcome => {
  const isOpen = isWindowOpen(conversation, { service: service.id, now });
  const { template, text = '' } = isOpen ? asSent(message) : asFallback(message);
  if (template) return templateContent(template, text, configuration);
  return isOpen
    ? { kind: 'text', text }
    : refuse('window_closed', 'WhatsApp takes free text only within 24 hours of a message from the contact.');
};

const storedAs = (use: TemplateUse, configuration: OrganizationConfiguration | undefined) =>
  configuration?.templates.find(({ name, language }) => name === use.name && language === use.language);

export const isApproved = (use: TemplateUse, configuration: OrganizationConfiguration | undefined): boolean =>
  storedAs(use, configuration)?.status === 'APPROVED';

function templateContent(
  use: TemplateUse,
  text: string,
  configuration: OrganizationConfiguration,
): Content | SendOutcome {
  const stored = storedAs(use, configuration);
  if (isApproved(use, configuration)) return { kind: 'template', ...use, text };
  const why = stored ? `: it is ${statusOf(stored)}` : '';
  return refuse('template_unavailable', `The template "${use.name}" (${use.language}) is not approved any more${why}.`);
}
