import { refusalOf } from '../../shared/acceptance/refusal.ts';
import { MAX_BODY_BYTES } from '../../shared/contracts/conversation-request.ts';
import type { HttpRequest, HttpResponse } from '../../shared/http/handler.ts';
import { createServer } from '../../shared/http/serve.ts';
import type { ApiParts } from './parts.ts';
import { ROUTES } from './routes.ts';
import { refuseUnsupported } from './unsupported.ts';

const LIMIT = { bytes: MAX_BODY_BYTES, advice: 'Send the messages in several requests.' };

/** Serves conversations, messages and contacts, and says of every path that no function serves that it is not there. */
export function createApi(parts: ApiParts): (request: HttpRequest) => Promise<HttpResponse> {
  const serve = createServer(parts, { routes: ROUTES, limit: LIMIT, refusalOf });
  return async (request) => {
    refuseUnsupported(request);
    return serve(request);
  };
}
