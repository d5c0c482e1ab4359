import type { GuardedHandle, ServedRoute } from '../../shared/http/route.ts';
import type { AdminParts } from './parts.ts';

export type AdminRoute = ServedRoute<AdminParts>;
export type Handle = GuardedHandle<AdminParts>;
