import { decodeEntities } from './html-entities.ts';
import { type HtmlToken, htmlTokens } from './html-tokens.ts';

/** Elements that stand on lines of their own, and those with an empty line around them. */
const BLOCKS: ReadonlySet<string> = new Set(
  'address article aside center dd div dl dt fieldset figure footer form header hr li main nav section tr'.split(' '),
);
const PARAGRAPHS: ReadonlySet<string> = new Set('blockquote h1 h2 h3 h4 h5 h6 ol p pre table ul'.split(' '));

const HREF = /\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))/i;
const ALT = /\balt\s*=\s*(?:"([^"]*)"|'([^']*)')/i;
const WORTH_NAMING = /^(?:https?|mailto|tel):/i;

/** A deeper quote is as good as this one, and cannot make a small mail large. */
const DEEPEST = 8;

/** Lines as they grow; quoted ones begin with `> `. */
function createLines() {
  const lines: string[] = [];
  let line = '';
  const prefix = (depth: number) => '> '.repeat(Math.min(depth, DEEPEST));
  return {
    add(text: string): void {
      line += line === '' || line.endsWith(' ') ? text.trimStart() : text;
    },
    end(depth: number): void {
      if (line.trim() !== '') lines.push(prefix(depth) + line.trimEnd());
      line = '';
    },
    space(depth: number): void {
      const last = lines.at(-1)?.replace(/^[> ]+/, '') ?? '';
      if (last !== '') lines.push(prefix(depth).trimEnd());
    },
    text: () => lines.join('\n').trim(),
  };
}

/** A plain reading of HTML, for mail readers that show no other and for people's replies. */
export function textOfHtml(html: string): string {
  const lines = createLines();
  let link: { readonly href: string; text: string } | undefined;
  let depth = 0;

  function open({ name, attributes }: Extract<HtmlToken, { kind: 'tag' }>): void {
    if (name === 'br') lines.end(depth);
    if (name === 'li') lines.add('- ');
    if (name === 'a') link = { href: attributeIn(HREF, attributes), text: '' };
    if (name === 'img') lines.add(attributeIn(ALT, attributes));
    if (name === 'blockquote') depth += 1;
  }
  function close(name: string): void {
    if (name === 'td' || name === 'th') lines.add(' ');
    if (name === 'blockquote') depth = Math.max(0, depth - 1);
    if (name !== 'a' || !link) return;
    if (WORTH_NAMING.test(link.href) && !link.href.endsWith(link.text.trim())) lines.add(` (${link.href})`);
    link = undefined;
  }

  for (const token of htmlTokens(html)) {
    if (token.kind === 'text') {
      const text = decodeEntities(token.text)
        .replace(/[\s\u00a0]+/g, ' ')
        .replaceAll('\u00ad', '');
      lines.add(text);
      if (link) link.text += text;
      continue;
    }
    const isParagraph = PARAGRAPHS.has(token.name);
    if (isParagraph || BLOCKS.has(token.name)) lines.end(depth);
    if (token.closing) close(token.name);
    if (isParagraph) lines.space(depth);
    if (!token.closing) open(token);
  }
  lines.end(depth);
  return lines.text();
}

const attributeIn = (attribute: RegExp, attributes: string): string => {
  const [, double, single, bare] = attribute.exec(attributes) ?? [];
  return decodeEntities(double ?? single ?? bare ?? '').trim();
};
