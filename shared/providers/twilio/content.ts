import { refused } from '../error-table.ts';
import type { Content, Rejected, SendRequest } from '../provider.ts';

type Template = Extract<Content, { kind: 'template' }>;
type TwilioContent = { readonly Body: string } | { readonly ContentSid: string; readonly ContentVariables?: string };

/**
 * What a message says, as form fields. An SMS is its text. A template by WhatsApp is a Content template of the same
 * account: the service's `params` name it, `contentSid:<name>:<language>` = `HX…`, because one template has another SID
 * at each account. Its variables are the body's parameters, by their names or positions; which of its variables stand in
 * a header or a button, nothing tells, so a message that fills those is refused.
 * Source: www.twilio.com/docs/content/send-templates-created-with-the-content-template-builder.
 */
export function twilioContent({ touchpoint, content, service }: SendRequest): TwilioContent | Rejected {
  if (content.kind === 'email') return refused('unsupported_content', 'content', 'Twilio carries no emails here.');
  if (touchpoint !== 'whatsapp' || content.kind === 'text') return { Body: content.text };
  const sid = service.params[`contentSid:${content.name}:${content.language}`];
  if (!sid) return noContentSid(content);
  return content.header || content.buttons?.length ? BODY_ALONE : { ContentSid: sid, ...variablesOf(content) };
}

const BODY_ALONE = refused('unsupported_content', 'template', 'By Twilio, parameters fill the body alone.');

const variablesOf = ({ parameters, names }: Template) =>
  parameters.length > 0 && {
    ContentVariables: JSON.stringify(
      Object.fromEntries(parameters.map((value, index) => [names?.[index] ?? index + 1, value])),
    ),
  };

const noContentSid = ({ name, language }: Template): Rejected =>
  refused('unsupported_content', 'template', `The service lacks contentSid:${name}:${language}, the template's SID.`);
