import type { GuardedHandle, ServedRoute } from '../../shared/http/route.ts';
import type { ApiParts } from './parts.ts';

export type ApiRoute = ServedRoute<ApiParts>;
export type Handle = GuardedHandle<ApiParts>;
