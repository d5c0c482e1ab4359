import type { Service } from '../../shared/contracts/configuration.ts';
import { applyDelivery } from '../../shared/delivery/apply-delivery.ts';
import { RequestError } from '../../shared/domain/errors.ts';
import type { HttpRequest, HttpResponse } from '../../shared/http/handler.ts';
import { createRouter, type Match, type Route } from '../../shared/http/router.ts';
import type { ProviderEvent } from '../../shared/providers/provider.ts';
import { applyConsentEvent } from './apply-consent-event.ts';
import { applyTemplateEvent } from './apply-template-event.ts';
import { nameMessage } from './name-message.ts';
import type { HookParts } from './parts.ts';
import { receiveReply } from './receive-reply.ts';
import { showUnsubscribe, unsubscribe } from './unsubscribe.ts';

const PATH = '/v2/hooks/:provider/:service{/:purpose}?';
const UNSUBSCRIBE_PATH = '/v2/hooks/unsubscribe/:token';
/** Meta sends up to 3 MB. */
const MAX_CALLBACK_BYTES = 3 * 1024 * 1024;
type Handle = (parts: HookParts, request: HttpRequest, params: Match<unknown>['params']) => Promise<HttpResponse>;

/** The first that fits. */
const match = createRouter<Route<Handle>>([
  { method: 'GET', path: UNSUBSCRIBE_PATH, handle: (parts, _, { token = '' }) => showUnsubscribe(parts, token) },
  {
    method: 'POST',
    path: UNSUBSCRIBE_PATH,
    handle: (parts, request, { token = '' }) => unsubscribe(parts, token, request),
  },
  { method: 'GET', path: PATH, handle: takeCallback },
  { method: 'POST', path: PATH, handle: takeCallback },
]);

/**
 * Serves providers' callbacks, and contacts who unsubscribe. Throws 401 for what the service's secret did not sign, 404
 * for a service or token that is not there; any other fault is ours and a 500, so that the provider repeats the callback.
 */
export function createHooks(parts: HookParts): (request: HttpRequest) => Promise<HttpResponse> {
  return async (request) => {
    const { route, params } = match(request);
    if (request.body.length > MAX_CALLBACK_BYTES) {
      throw new RequestError('request_too_large', `A callback holds at most ${MAX_CALLBACK_BYTES} bytes.`);
    }
    return route.handle(parts, request, params);
  };
}

async function takeCallback(
  parts: HookParts,
  request: HttpRequest,
  { provider, service: id }: Match<unknown>['params'],
): Promise<HttpResponse> {
  const service = await findService(parts, provider, id);
  const parsed = parts.providers[service.type]?.parseCallback?.(
    {
      method: request.method,
      url: `${parts.publicUrl}${request.path}${request.rawQuery === '' ? '' : `?${request.rawQuery}`}`,
      headers: request.headers,
      body: request.body,
    },
    await secretOf(parts, service),
  );
  if (!parsed?.verified) {
    parts.observe.count('CallbackRefused');
    throw new RequestError('unauthorized', 'The callback is not signed by the secret of this service.');
  }
  await applyAll(parts, service, parsed.events);
  const { status, contentType, body } = parsed.answer;
  return { statusCode: status, headers: { 'content-type': contentType }, body };
}

async function findService(
  { configuration }: HookParts,
  provider: string | undefined,
  id: string | undefined,
): Promise<Service> {
  const service = id === undefined ? undefined : await configuration.service(id);
  if (service && service.type === provider) return service;
  throw new RequestError('not_found', 'There is no such service.');
}

const secretOf = async ({ secrets }: HookParts, { params }: Service) =>
  params.secret === undefined ? {} : secrets.fields(params.secret);

/** In order, each for itself: one that fails keeps no other back, and has the provider repeat them all. */
export async function applyAll(parts: HookParts, service: Service, events: readonly ProviderEvent[]): Promise<void> {
  const failures: unknown[] = [];
  for (const event of events) {
    await apply(parts, service, event).catch((error: unknown) => failures.push(error));
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, `${failures.length} of ${events.length} events failed.`);
}

async function apply(parts: HookParts, service: Service, event: ProviderEvent): Promise<void> {
  switch (event.kind) {
    case 'delivery': {
      const named = await nameMessage(parts, { provider: service.type, event }, service.organization);
      return named && applyDelivery(parts, service, named);
    }
    case 'inbound':
      return receiveReply(parts, service, event);
    case 'consent':
      return applyConsentEvent(parts, service, event);
    case 'template':
      return applyTemplateEvent(parts, service, event);
  }
}
