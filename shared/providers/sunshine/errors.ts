import { errorTable } from '../error-table.ts';

/**
 * Codes of Sunshine's answers. Those of a failed delivery differ by channel and are not listed anywhere: what is not
 * here is judged by where it occurred. Source: Sunshine Conversations API v2, error responses of each operation.
 */
export const SUNSHINE_ERRORS = errorTable([
  ['too_many_requests', 'throttled', 'account'],
  ['unauthorized app_not_found', 'permanent', 'account'],
  ['integration_not_found', 'permanent', 'sender'],
  ['bad_request conflict content_too_large forbidden', 'permanent', 'request'],
  ['not_found conversation_not_found user_not_found', 'permanent', 'request'],
  ['locked', 'permanent', 'pair'],
]);

/** What is said of a thing that is there already, by its code or a bare 409. */
export const THERE_ALREADY: ReadonlySet<string> = new Set(['conflict', 'http_409']);

/** What is said of a user, conversation or client that is not there any more, by its own code or a bare 404. */
export const GONE: ReadonlySet<string> = new Set(['not_found', 'conversation_not_found', 'user_not_found', 'http_404']);
