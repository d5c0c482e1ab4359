import { errorTable } from '../error-table.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * Meta's error codes, in answers and in webhooks. Source: developers.facebook.com, WhatsApp Cloud API, error codes;
 * Meta asks to build on the code, not on titles or HTTP status.
 */
export const WHATSAPP_ERRORS = errorTable([
  ['0 190', 'permanent', 'account'],
  ['3 10 200-299 131005', 'permanent', 'account'],
  ['33 131037 131045 133010 133015', 'permanent', 'sender'],
  ['368 131031 131042', 'permanent', 'account'],
  ['100 131008 131009 131021 131051 131053 135000', 'permanent', 'request'],
  ['131026', 'permanent', 'recipient'],
  ['131047', 'permanent', 'content', { effect: 'needs_template' }],
  ['131049', 'permanent', 'recipient'],
  ['131050', 'permanent', 'recipient', { effect: 'marketing_stop' }],
  ['130472', 'permanent', 'recipient'],
  ['132000 132005 132012', 'permanent', 'request'],
  ['132001', 'permanent', 'template'],
  ['132007 132015 132016', 'permanent', 'template', { effect: 'template_off' }],
  ['4 80007 130429', 'throttled', 'account'],
  ['131056', 'throttled', 'pair', { retryAfterMs: MINUTE_MS }],
  ['131048', 'throttled', 'sender', { retryAfterMs: HOUR_MS }],
  ['1 2 131000 131016 131057 133004', 'retryable', 'request'],
]);
