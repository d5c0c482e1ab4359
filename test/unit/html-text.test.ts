import { expect, it } from 'vitest';
import { textOfHtml } from '../../shared/domain/html-text.ts';

it.each([
  ['lines and paragraphs', '<p>One<br>two</p><p>three</p>', 'One\ntwo\n\nthree'],
  ['lines of their own', '<div>One</div><div>two</div>three', 'One\ntwo\nthree'],
  ['spaces as a browser shows them', '  Hi,\n   <b>John</b> &nbsp;Johnson  ', 'Hi, John Johnson'],
  ['entities by name and by number', 'caf&eacute; &euro;5 &#39;q&#x27; &amp;lt; &#128512;', "café €5 'q' &lt; 😀"],
  ['an entity that it does not know as it is', 'a &nosuch; b &#xd800; &#9999999;', 'a &nosuch; b \ufffd \ufffd'],
  ['lists', '<ul><li>One</li><li>Two</li></ul>', '- One\n- Two'],
  ['a link with its address', '<a href="https://x.example/?a=1&amp;b=2">here</a>', 'here (https://x.example/?a=1&b=2)'],
  ['a link that says its address once', '<a href="https://x.example">https://x.example</a>', 'https://x.example'],
  ['no address that is no link', '<a href="javascript:alert(1)">here</a>', 'here'],
  ['the words for a picture', '<img src="x.png" alt="Our garage">', 'Our garage'],
  [
    'what is quoted as quoted',
    '<p>Yes</p><blockquote>Well<blockquote>deep</blockquote></blockquote>',
    'Yes\n\n> Well\n>\n> > deep\n>',
  ],
  ['cells of a table apart', '<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>', 'a b\nc'],
  ['nothing that is not shown', '<title>t</title><style>p{}</style><!-- c --><script>x < y</script>Hi', 'Hi'],
  ['a < that begins no tag', '1 < 2 <3 a<', '1 < 2 <3 a<'],
  ['up to a tag that does not end', 'Hi <b', 'Hi'],
  ['nothing of a comment that does not end', 'Hi <!-- there', 'Hi'],
])('the plain reading of HTML has %s', (_what, html, text) => {
  expect(textOfHtml(html)).toBe(text);
});

it('reads what is meant to take for ever in one pass', () => {
  const endless = ['<', '<a ', '<!--', '<style>', '</', '&#', '<a href="x">y ', '<blockquote>x'];
  expect(endless.map((part) => typeof textOfHtml(part.repeat(50_000)))).toEqual(endless.map(() => 'string'));
}, 20_000);
