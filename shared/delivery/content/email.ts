import type { Writer } from './writer.ts';

/** Subject from the message, else the organization's; HTML gets a plain alternative. */
export const emailContent: Writer = ({ message, configuration: { organization } }) => {
  const text = message.text ?? '';
  const given = message.meta?.subject;
  const subject =
    typeof given === 'string' && given.trim() !== ''
      ? given
      : (organization.settings.emailSubject ?? `Message from ${organization.name}`);
  return message.contentType === 'text/html'
    ? { kind: 'email', subject, text: textOfHtml(text), html: text }
    : { kind: 'email', subject, text };
};

/** A plain reading of simple HTML, for mail readers that show no other. */
const textOfHtml = (html: string): string =>
  html
    .replace(/<(br|\/p|\/div|\/h\d|\/li)\b[^>]*>/gi, '\n')
    .replace(/<[^>]*>/g, '')
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .trim();
