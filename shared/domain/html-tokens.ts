export type HtmlToken =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tag'; readonly name: string; readonly closing: boolean; readonly attributes: string };

/** Elements whose content nobody is shown. */
const HIDDEN: ReadonlySet<string> = new Set(['script', 'style', 'template', 'title']);
const TAG_START = /\/?[a-z!?]/iy;
const TAG = /^(\/?)([a-z][a-z0-9]*)([\s\S]*)$/i;

/**
 * Texts and tags of an HTML document, comments and what is not shown left out. For reading mails, not for making HTML
 * safe: a `>` in an attribute ends its tag. Takes time in proportion to the length, whatever the document is.
 */
export function* htmlTokens(html: string): Generator<HtmlToken> {
  for (let at = 0; at < html.length; ) {
    const open = nextTag(html, at);
    if (open > at) yield { kind: 'text', text: html.slice(at, open) };
    const end = html.indexOf('>', open);
    if (end < 0) return;
    at = end + 1;
    if (html.startsWith('<!--', open)) {
      const close = html.indexOf('-->', open + 4);
      if (close < 0) return;
      at = close + 3;
      continue;
    }
    const [, slash, name = '', attributes = ''] = TAG.exec(html.slice(open + 1, end)) ?? [];
    if (name === '') continue;
    const tag = { kind: 'tag', name: name.toLowerCase(), closing: slash === '/', attributes } as const;
    yield tag;
    if (HIDDEN.has(tag.name) && !tag.closing) at = endOfHidden(html, tag.name, at);
  }
}

/** Where the next tag or comment begins; a `<` that begins none is text. The end, where there is none. */
function nextTag(html: string, from: number): number {
  for (let open = html.indexOf('<', from); open >= 0; open = html.indexOf('<', open + 1)) {
    TAG_START.lastIndex = open + 1;
    if (TAG_START.test(html)) return open;
  }
  return html.length;
}

function endOfHidden(html: string, name: string, from: number): number {
  const closing = new RegExp(`</${name}`, 'gi');
  closing.lastIndex = from;
  return closing.exec(html)?.index ?? html.length;
}
