import type { TemplateEvent } from '../provider.ts';
import type { TemplateStatus } from './webhook-schema.ts';

const MAX_REASON = 500;

/** The webhook writes `en-US` where sending takes `en_US`. Source: Meta's message_template_status_update reference. */
export function readTemplateStatus(status: TemplateStatus): TemplateEvent {
  const reason = reasonOf(status);
  return {
    kind: 'template',
    name: status.message_template_name,
    language: status.message_template_language.replaceAll('-', '_'),
    status: status.event,
    ...(reason !== '' && { reason }),
  };
}

/** `NONE` is what Meta gives for a pause; what it says apart explains more than its word. */
function reasonOf({ reason, other_info, rejection_info }: TemplateStatus): string {
  const word = reason === 'NONE' ? undefined : reason;
  const words = [word, rejection_info?.reason ?? other_info?.description ?? other_info?.title];
  return words
    .filter((part) => part)
    .join(': ')
    .slice(0, MAX_REASON);
}
