import { refusalOf } from '../../shared/acceptance/refusal.ts';
import { MAX_BODY_BYTES } from '../../shared/contracts/conversation-request.ts';
import type { HttpRequest, HttpResponse } from '../../shared/http/handler.ts';
import { createServer } from '../../shared/http/serve.ts';
import { PAGE_ROUTES } from './docs/routes.ts';
import type { AdminParts } from './parts.ts';
import { ROUTES } from './routes.ts';

const LIMIT = { bytes: MAX_BODY_BYTES, advice: 'Send less at once.' };

/** Serves what an organization is configured with, and the pages of the documentation. */
export const createAdmin = (parts: AdminParts): ((request: HttpRequest) => Promise<HttpResponse>) =>
  createServer(parts, { routes: [...ROUTES, ...PAGE_ROUTES], limit: LIMIT, refusalOf });
