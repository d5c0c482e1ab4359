import { randomBytes } from 'node:crypto';
import { json, type Reply } from './port.ts';

/** Meta's codes with their titles; the HTTP status where it is not 400. */
const ERRORS: Readonly<Record<number, { status?: number; title: string }>> = {
  1: { status: 500, title: 'API Unknown' },
  2: { status: 503, title: 'API Service' },
  4: { status: 429, title: 'API Too Many Calls' },
  10: { status: 403, title: 'Permission Denied' },
  33: { title: 'Parameter value is not valid' },
  100: { title: 'Invalid parameter' },
  190: { status: 401, title: 'Invalid OAuth access token' },
  80007: { status: 429, title: 'Rate limit issues' },
  130429: { status: 429, title: 'Rate limit hit' },
  130472: { title: "User's number is part of an experiment" },
  131000: { status: 500, title: 'Something went wrong' },
  131005: { status: 403, title: 'Access denied' },
  131008: { title: 'Required parameter is missing' },
  131009: { title: 'Parameter value is not valid' },
  131016: { status: 500, title: 'Service unavailable' },
  131021: { title: 'Recipient cannot be sender' },
  131026: { title: 'Message undeliverable' },
  131047: { title: 'Re-engagement message' },
  131048: { title: 'Spam rate limit hit' },
  131049: { title: 'Meta chose not to deliver' },
  131050: { title: 'User has stopped receiving marketing messages' },
  131051: { title: 'Unsupported message type' },
  131056: { title: '(Business Account, Consumer Account) pair rate limit hit' },
  132000: { title: 'Number of parameters does not match the expected number of params' },
  132001: { status: 404, title: 'Template name does not exist in the translation' },
  132012: { title: 'Template parameter format mismatch' },
  132015: { title: 'Template is paused' },
  132016: { title: 'Template is disabled' },
};

export interface MetaProblem {
  readonly code: number;
  readonly details: string;
}

export const metaTitle = (code: number): string => ERRORS[code]?.title ?? `Error ${code}`;

export function metaError({ code, details }: MetaProblem): Reply {
  return json(ERRORS[code]?.status ?? 400, {
    error: {
      message: `(#${code}) ${metaTitle(code)}`,
      type: 'OAuthException',
      code,
      error_data: { messaging_product: 'whatsapp', details },
      fbtrace_id: `A${randomBytes(16).toString('base64url')}`,
    },
  });
}
