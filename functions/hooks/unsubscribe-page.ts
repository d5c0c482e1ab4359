import { escapeHtml } from '../../shared/domain/html-entities.ts';
import type { HttpResponse } from '../../shared/http/handler.ts';

/** Nothing of the page loads, runs, or may be framed; its form goes back to where it came from. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex',
};

const page = (statusCode: number, content: string): HttpResponse => ({
  statusCode,
  headers: HEADERS,
  body: `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Unsubscribe</title>
<body style="font: 1rem/1.5 system-ui; max-width: 30rem; margin: 4rem auto; padding: 0 1rem">
${content}
</html>
`,
});

/** Asks, and changes nothing: mail programs and scanners follow links. */
export const askPage = (organization: string): HttpResponse =>
  page(
    200,
    `<p>Do you want no more marketing emails from ${escapeHtml(organization)}?</p>
<form method="post">
<input type="hidden" name="List-Unsubscribe" value="One-Click">
<button>Unsubscribe</button>
</form>`,
  );

/** 202 while an email that was on its way before may still arrive. */
export const donePage = (organization: string, { isQuiet }: { readonly isQuiet: boolean }): HttpResponse =>
  page(
    isQuiet ? 200 : 202,
    `<p>You get no more marketing emails from ${escapeHtml(organization)}.${isQuiet ? '' : ' One that is on its way may still arrive.'}</p>`,
  );
