import type { HttpRequest } from '../http/handler.ts';

/**
 * `Link` to the page after this one: the same request with another place to go on from. Absolute, under the configured
 * address and never the caller's `Host`; commas are encoded, because clients split the header at them (contract
 * section 2).
 */
export function nextLink(
  publicUrl: string,
  { path, rawQuery }: Pick<HttpRequest, 'path' | 'rawQuery'>,
  place: { readonly offset?: number; readonly cursor?: string },
): Record<'link', string> {
  const parameters = new URLSearchParams(rawQuery);
  for (const word of ['offset', 'cursor']) parameters.delete(word);
  for (const [word, value] of Object.entries(place)) parameters.set(word, String(value));
  return { link: `<${publicUrl}${path}?${parameters}>; rel="next"` };
}
