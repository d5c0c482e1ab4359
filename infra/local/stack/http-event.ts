import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { RouteMatch } from './http-routes.ts';
import { ACCOUNT } from './identity.ts';

export interface HttpEvent {
  readonly version: '2.0';
  readonly routeKey: string;
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly cookies?: string[];
  readonly headers: Record<string, string>;
  readonly queryStringParameters?: Record<string, string>;
  readonly pathParameters?: Record<string, string>;
  readonly requestContext: Record<string, unknown> & { readonly requestId: string };
  readonly body?: string;
  readonly isBase64Encoded: boolean;
}

/**
 * What API Gateway hands on as text (tried against AWS by ministackorg/ministack#766); all else, forms and bodies without
 * a type included, arrives as base64.
 */
const TEXT = /^(text\/[^;]*|application\/(json|xml|javascript))\s*(;|$)/i;

/** Splits a request's target as API Gateway does: the path decoded, ending at a decoded `?`; the query as it came. */
export function splitTarget(target: string): { path: string; query: string } {
  const at = target.indexOf('?');
  const encoded = at < 0 ? target : target.slice(0, at);
  return { path: decode(encoded).split('?')[0] || '/', query: at < 0 ? '' : target.slice(at + 1) };
}

/** The payload 2.0 event of a request. */
export function toHttpEvent(request: IncomingMessage, match: RouteMatch, body: Buffer): HttpEvent {
  const { path, query } = splitTarget(request.url ?? '/');
  const { cookies, headers } = readHeaders(request);
  const isText = TEXT.test(headers['content-type'] ?? '');
  const now = new Date();
  const host = headers.host ?? '';
  return {
    version: '2.0',
    routeKey: match.route.key,
    rawPath: path,
    rawQueryString: query,
    ...(cookies && { cookies }),
    headers,
    ...(query && { queryStringParameters: readQuery(query) }),
    requestContext: {
      accountId: ACCOUNT,
      apiId: 'local',
      domainName: host.replace(/:\d+$/, ''),
      domainPrefix: host.split(/[.:]/)[0],
      http: {
        method: request.method,
        path,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: `${randomBytes(11).toString('base64url').slice(0, 15)}=`,
      routeKey: match.route.key,
      stage: '$default',
      time: commonLogTime(now),
      timeEpoch: now.getTime(),
    },
    ...(match.pathParameters && { pathParameters: match.pathParameters }),
    ...(body.length > 0 && { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

/** Lower-case names, values joined with a comma, cookies apart; the trace id is the gateway's own, never a client's. */
function readHeaders(request: IncomingMessage) {
  const headers: Record<string, string> = {};
  let cookies: string[] | undefined;
  for (const [name, values = []] of Object.entries(request.headersDistinct)) {
    if (name === 'cookie') cookies = values.flatMap((value) => value.split(/;\s*/)).filter(Boolean);
    else headers[name] = values.join(',');
  }
  const client = request.socket.remoteAddress ?? '';
  headers['x-amzn-trace-id'] = traceId();
  headers['x-forwarded-for'] = headers['x-forwarded-for'] ? `${headers['x-forwarded-for']}, ${client}` : client;
  headers['x-forwarded-port'] = String(request.socket.localPort ?? '');
  headers['x-forwarded-proto'] = 'http';
  return { headers, cookies };
}

function readQuery(query: string): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    parameters[name] = name in parameters ? `${parameters[name]},${value}` : value;
  }
  return parameters;
}

const traceId = (): string => `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;

/** `12/Mar/2020:19:03:58 +0000` */
function commonLogTime(time: Date): string {
  const [, day, month, year, clock] = time.toUTCString().split(' ');
  return `${day}/${month}/${year}:${clock} +0000`;
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
