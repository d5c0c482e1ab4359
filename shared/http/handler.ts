import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { RequestError } from '../domain/errors.ts';
import { errorFields, type Observer } from '../runtime/observe.ts';
import { errorResponse } from './errors.ts';

/** A request as the routes see it. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly rawQuery: string;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The bytes as they were sent, for signatures and sizes. */
  readonly body: Buffer;
  readonly requestId: string;
}

export type HttpResponse = APIGatewayProxyStructuredResultV2;

const toRequest = (event: APIGatewayProxyEventV2): HttpRequest => ({
  method: event.requestContext.http.method,
  path: event.rawPath,
  rawQuery: event.rawQueryString,
  query: event.queryStringParameters ?? {},
  headers: event.headers,
  body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
  requestId: event.requestContext.requestId,
});

/**
 * The HTTP chain: what a route throws becomes the contract's error body; only our own faults are 500, and are logged
 * without what the caller wrote.
 */
export function createHttpHandler(serve: (request: HttpRequest) => Promise<HttpResponse>, observe: Observer) {
  return middy<APIGatewayProxyEventV2, HttpResponse, Error, Context>()
    .use({
      onError: (request) => {
        if (request.error instanceof RequestError) {
          request.response = errorResponse(request.error);
          return;
        }
        const requestId = request.event.requestContext?.requestId;
        observe.error('A request failed by our own fault.', request.error, {
          requestId,
          ...errorFields(request.error),
        });
        request.response = errorResponse(
          new RequestError(
            'internal_error',
            `Something went wrong on our side. Nothing you sent was wrong; try again, and name request ${requestId} if it persists.`,
          ),
        );
      },
    })
    .handler(async (event) => {
      try {
        return await serve(toRequest(event));
      } finally {
        observe.flush();
      }
    });
}
