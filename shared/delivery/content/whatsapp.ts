import { isWindowOpen } from '../../domain/whatsapp-window.ts';
import { refuse } from '../refuse.ts';
import type { Writer } from './writer.ts';

/** A template while it is approved; free text while the contact's window is open. */
export const whatsappContent: Writer = ({ message, conversation, configuration, service, now }) => {
  const text = message.text ?? '';
  const { template } = message;
  if (template) {
    const stored = configuration.templates.find(
      ({ name, language }) => name === template.name && language === template.language,
    );
    return stored?.status === 'APPROVED'
      ? { kind: 'template', ...template, text }
      : refuse(
          'template_unavailable',
          `The template "${template.name}" (${template.language}) is not approved any more.`,
        );
  }
  return isWindowOpen(conversation, { service: service.id, now })
    ? { kind: 'text', text }
    : refuse('window_closed', 'WhatsApp takes free text only within 24 hours of a message from the contact.');
};
