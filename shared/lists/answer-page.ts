import { jsonResponse } from '../http/errors.ts';
import type { HttpRequest, HttpResponse } from '../http/handler.ts';
import type { Place } from './collect.ts';
import { nextLink } from './next-link.ts';
import { type Showing, showAll } from './show.ts';

/** A page as it was asked for, with `Link` to the next one. How many there are in all is not known. Throws 400, 403. */
export async function answerPage(
  publicUrl: string,
  request: HttpRequest,
  { views, next, ...showing }: Showing & { readonly views: readonly unknown[]; readonly next: Place | undefined },
): Promise<HttpResponse> {
  return jsonResponse(200, await showAll(views, showing), next && nextLink(publicUrl, request, next));
}
