import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFileReader } from '../../functions/admin/docs/files.ts';
import type { AdminParts } from '../../functions/admin/parts.ts';
import { createAdmin } from '../../functions/admin/serve.ts';
import { copyAssets } from '../../infra/bundle/bundle.ts';
import { DOCUMENT_FILE } from '../../infra/openapi/file.ts';
import { createTestClock } from '../support/api-clock.ts';
import { API_URL } from '../support/api-world.ts';

const folder = mkdtempSync(join(tmpdir(), 'overture-docs-'));
beforeAll(() => copyAssets('admin', folder));
afterAll(() => rmSync(folder, { recursive: true }));

/** No page touches anything else: it would fail here. */
const parts = {
  files: createFileReader(folder),
  publicUrl: API_URL,
  clock: createTestClock(),
} as unknown as AdminParts;
const serve = createAdmin(parts);

async function get(path: string, headers: Record<string, string> = {}) {
  const body = Buffer.alloc(0);
  const answer = await serve({ method: 'GET', path, rawQuery: '', query: {}, headers, body, requestId: 'r' });
  return { status: answer.statusCode, headers: answer.headers ?? {}, body: answer.body ?? '' };
}

/** Everything that a page of ours names in `src`, `href` or `fetch`. */
const namedIn = (text: string): string[] =>
  [...text.matchAll(/(?:src|href)="([^"]*)"|fetch\('([^']*)'\)/g)].map(
    ([, attribute, call]) => attribute ?? call ?? '',
  );

const PAGES = [
  ['/openapi.json', 'application/json; charset=utf-8'],
  ['/docs', 'text/html; charset=utf-8'],
  ['/docs/page.js', 'text/javascript; charset=utf-8'],
  ['/docs/swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
  ['/docs/swagger-ui.css', 'text/css; charset=utf-8'],
] as const;

describe('the reference page', () => {
  it.each(PAGES)('has %s without a token, as %s', async (path, contentType) => {
    const { status, headers, body } = await get(path);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe(contentType);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(body.length).toBeGreaterThan(100);
  });

  it.each(PAGES)('says of %s that it is as it was', async (path) => {
    const { headers } = await get(path);
    const again = await get(path, { 'if-none-match': String(headers.etag) });
    expect(again).toMatchObject({ status: 304, body: '', headers: { etag: headers.etag } });
    expect((await get(path, { 'if-none-match': '"another"' })).status).toBe(200);
    expect(headers['cache-control']).toMatch(/no-cache|max-age/);
  });

  it('shows the document of the repository, with the address of the installation', async () => {
    const served = JSON.parse((await get('/openapi.json')).body);
    expect(served).toEqual({ ...JSON.parse(readFileSync(DOCUMENT_FILE, 'utf8')), servers: [{ url: API_URL }] });
  });

  it('names nothing but what is served beside it', async () => {
    const named = [...namedIn((await get('/docs')).body), ...namedIn((await get('/docs/page.js')).body)];
    const served = new Set(PAGES.map(([path]) => path.slice(1)));
    expect(named.filter((name) => !served.has(name as never))).toEqual(['data:,']);
    expect(new Set(named)).toEqual(new Set([...served, 'data:,'].filter((name) => name !== 'docs')));
  });

  it('lets the browser load and call nothing from elsewhere, and run no script of a page', async () => {
    const policy = String((await get('/docs')).headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/https?:|\*/);
    expect((await get('/docs')).body).not.toMatch(/<script>|<style>| on\w+=| style=/);
  });

  it('has a viewer that runs and offers what the page calls', async () => {
    const names = Object.getOwnPropertyNames(globalThis).filter((name) => !/^(global|globalThis|process)$/.test(name));
    const window: Record<string, unknown> = Object.fromEntries(
      names.map((name) => [name, Reflect.get(globalThis, name)]),
    );
    Object.assign(window, {
      window,
      self: window,
      document: { createElement: () => ({ style: {}, setAttribute() {} }) },
    });
    runInNewContext((await get('/docs/swagger-ui-bundle.js')).body, window);
    const [, called = ''] = /globalThis\.(\w+)\(/.exec((await get('/docs/page.js')).body) ?? [];
    expect(window[called]).toBeTypeOf('function');
  });

  it('is not to be written, and has nothing below it besides', async () => {
    await expect(get('/docs/index.mjs')).rejects.toMatchObject({ code: 'not_found' });
    await expect(get('/docs/..%2findex.mjs')).rejects.toMatchObject({ code: 'not_found' });
  });
});
