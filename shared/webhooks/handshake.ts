import { randomBytes } from 'node:crypto';
import type { Requester } from './requester.ts';

/** Within what `api` has to answer. */
const TIMEOUT_MS = 6_000;

/** Whether whoever is at a URL expects our notifications: it answers a challenge with the challenge (contract section 9). */
export async function answersChallenge(
  requester: Requester,
  to: { readonly url: string; readonly authorization?: string | undefined },
): Promise<boolean> {
  const challenge = randomBytes(16).toString('hex');
  const url = new URL(to.url);
  url.searchParams.set('type', 'subscribe');
  url.searchParams.set('challenge', challenge);
  const headers = { ...(to.authorization && { authorization: to.authorization }) };
  const result = await requester.send('GET', url.href, { headers, timeoutMs: TIMEOUT_MS });
  return result.kind === 'answer' && result.status >= 200 && result.status < 300 && result.body === challenge;
}
