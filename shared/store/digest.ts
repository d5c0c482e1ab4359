import { createHmac } from 'node:crypto';

/** HMAC-SHA256 under the installation's pepper, 43 characters: stands in keys for what would be personal data. */
export const digest = (pepper: string, value: string): string =>
  createHmac('sha256', pepper).update(value).digest('base64url');
