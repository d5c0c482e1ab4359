import type { HttpEvent } from './stack/http-event.ts';

/**
 * Whose turn a request takes, as far as it can be told without the table: that of the organization its body names, else
 * of the bearer of its token, else of its path, which in callbacks names a service.
 */
export const requesterOf = ({ body, isBase64Encoded, headers, rawPath }: HttpEvent): string =>
  (isBase64Encoded ? undefined : organizationIn(body)) ?? headers.authorization ?? rawPath;

function organizationIn(body: string | undefined): string | undefined {
  try {
    const { organization } = JSON.parse(body ?? '{}');
    return typeof organization === 'string' ? organization : undefined;
  } catch {
    return undefined;
  }
}
