import type { HttpRequest, HttpResponse } from '../../../shared/http/handler.ts';
import type { AdminParts } from '../parts.ts';
import type { AdminRoute } from '../route.ts';
import { etagOf } from './files.ts';

interface Page {
  readonly path: string;
  readonly contentType: string;
  readonly cacheControl: string;
  content(parts: AdminParts): Promise<string>;
}

/** Ours change with every version; the viewer's do not. */
const OURS = 'no-cache';
const VIEWERS = 'public, max-age=3600';

const file =
  (name: string): Page['content'] =>
  ({ files }) =>
    files(name);

/** The document as it is in the repository, with the address of this installation. */
const openapi: Page['content'] = async ({ files, publicUrl }) =>
  JSON.stringify({ ...JSON.parse(await files('openapi.json')), servers: [{ url: publicUrl }] });

const JAVASCRIPT = 'text/javascript; charset=utf-8';

const PAGES: readonly Page[] = [
  { path: '/openapi.json', contentType: 'application/json; charset=utf-8', cacheControl: OURS, content: openapi },
  { path: '/docs', contentType: 'text/html; charset=utf-8', cacheControl: OURS, content: file('page.html') },
  { path: '/docs/page.js', contentType: JAVASCRIPT, cacheControl: OURS, content: file('page.js') },
  {
    path: '/docs/swagger-ui-bundle.js',
    contentType: JAVASCRIPT,
    cacheControl: VIEWERS,
    content: file('swagger-ui-bundle.js'),
  },
  {
    path: '/docs/swagger-ui.css',
    contentType: 'text/css; charset=utf-8',
    cacheControl: VIEWERS,
    content: file('swagger-ui.css'),
  },
];

/** Nothing from elsewhere, nothing to elsewhere. The viewer sets styles of its elements. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

async function answer(parts: AdminParts, page: Page, request: HttpRequest): Promise<HttpResponse> {
  const content = await page.content(parts);
  const etag = etagOf(content);
  const headers = { etag, 'cache-control': page.cacheControl };
  if (request.headers['if-none-match'] === etag) return { statusCode: 304, headers };
  return {
    statusCode: 200,
    headers: {
      ...headers,
      'content-type': page.contentType,
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    },
    body: content,
  };
}

/** The OpenAPI document and its viewer: pages of the function that are no part of the API, and need no token. */
export const PAGE_ROUTES: readonly AdminRoute[] = PAGES.map((page) => ({
  method: 'GET',
  path: page.path,
  scope: 'none',
  handle: (parts, { request }) => answer(parts, page, request),
}));
