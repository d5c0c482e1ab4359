import { escapeHtml } from '../../domain/html-entities.ts';

/** A link as a reader sees it. */
export interface Link {
  readonly label: string;
  readonly url: string;
}

const URL_IN_TEXT = /https?:\/\/[^\s<>"]+/g;
/** What ends a sentence rather than an address. */
const AFTER_URL: ReadonlySet<string | undefined> = new Set([...".,;:!?)]}'"]);

const linkTo = ({ label, url }: Link): string => `<a href="${escapeHtml(url)}">${escapeHtml(label)}</a>`;

function withoutPunctuation(url: string): string {
  let end = url.length;
  while (AFTER_URL.has(url[end - 1])) end -= 1;
  return url.slice(0, end);
}

/** A plain text as HTML: the same words, with its addresses as links and its lines as they are. */
export function htmlOfText(text: string): string {
  let html = '';
  let at = 0;
  for (const { 0: found, index } of text.matchAll(URL_IN_TEXT)) {
    const url = withoutPunctuation(found);
    html += escapeHtml(text.slice(at, index)) + linkTo({ label: url, url });
    at = index + url.length;
  }
  html += escapeHtml(text.slice(at));
  return `<div dir="auto">${html.replace(/\r?\n/g, '<br>\n')}</div>`;
}

/** The HTML with links below it, inside its body where it has one. */
export function withLinks(html: string, links: readonly Link[]): string {
  if (links.length === 0) return html;
  const end = [...html.matchAll(/<\/body/gi)].at(-1)?.index ?? html.length;
  const below = links.map((link) => `<p>${linkTo(link)}</p>`).join('\n');
  return `${html.slice(0, end)}\n${below}\n${html.slice(end)}`;
}

/** The text with links below it. */
export const textWithLinks = (text: string, links: readonly Link[]): string =>
  links.length === 0 ? text : `${text}\n\n${links.map(({ label, url }) => `${label}: ${url}`).join('\n')}`;
