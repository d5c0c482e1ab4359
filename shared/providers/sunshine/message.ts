import { correlationFields } from '../correlation.ts';
import type { Content, SendRequest } from '../provider.ts';
import { whatsappPayload } from '../whatsapp/payload.ts';
import type { SunshineAccount } from './account.ts';

type TextOrTemplate = Exclude<Content, { kind: 'email' }>;

/** The body of `POST /conversations/{id}/messages`. A template goes in Meta's own words, an SMS as its text. */
export const sunshineMessage = (request: SendRequest, content: TextOrTemplate, { integrationId }: SunshineAccount) => ({
  author: { type: 'business' },
  ...(request.touchpoint === 'whatsapp' && content.kind === 'template'
    ? { schema: 'whatsapp', content: { type: 'template', template: templateOf(request, content) } }
    : { content: { type: 'text', text: content.text } }),
  destination: { integrationId },
  metadata: correlationFields(request.correlation),
});

function templateOf(request: SendRequest, content: Extract<Content, { kind: 'template' }>) {
  const payload = whatsappPayload(request, content);
  const { whatsappNamespace: namespace } = request.service.params;
  return { ...(namespace && { namespace }), ...('template' in payload && payload.template) };
}
