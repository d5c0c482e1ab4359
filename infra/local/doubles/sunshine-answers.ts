import { json, type Reply } from './port.ts';
import type { SunshineConversation } from './sunshine-store.ts';

const STATUS_OF: Readonly<Record<string, number>> = {
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  app_not_found: 404,
  integration_not_found: 404,
  locked: 423,
};

/** A refusal in Sunshine's words. */
export const sunshineError = (status: number, code: string, title = code): Reply =>
  json(status, { errors: [{ code, title }] });

export const NOT_FOUND = sunshineError(404, 'not_found');

export const FAULT_WORDS = {
  throttled: () => sunshineError(429, 'too_many_requests'),
  broken: () => sunshineError(500, 'internal_error'),
  rejected: (code: string) => sunshineError(STATUS_OF[code] ?? 400, code),
};

/** A list that fits one page, as all of this double do. */
export const sunshineList = (name: string, items: readonly object[]): Reply =>
  json(200, { [name]: items, meta: { hasMore: false } });

export const shownConversation = ({ id, metadata }: SunshineConversation) => ({ id, type: 'personal', metadata });
