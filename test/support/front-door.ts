import type { AdminParts } from '../../functions/admin/parts.ts';
import { createAdmin } from '../../functions/admin/serve.ts';
import type { ApiParts } from '../../functions/api/parts.ts';
import { createApi } from '../../functions/api/serve.ts';
import { ADMIN_PATHS } from '../../infra/paths.ts';
import type { HttpRequest, HttpResponse } from '../../shared/http/handler.ts';

export type HttpParts = ApiParts & AdminParts;

const ADMIN = ADMIN_PATHS.map((path) => new URLPattern({ pathname: path.replace('{proxy+}', '*') }));

/** Both functions on the same parts, and between them what API Gateway does. */
export function createFrontDoor(parts: HttpParts): (request: HttpRequest) => Promise<HttpResponse> {
  const api = createApi(parts);
  const admin = createAdmin(parts);
  return (request) => (ADMIN.some((path) => path.test({ pathname: request.path })) ? admin : api)(request);
}
