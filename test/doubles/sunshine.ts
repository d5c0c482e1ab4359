import { SUNSHINE } from '../../infra/local/doubles/credentials.ts';
import type { Stage } from './support.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers are read as a client would, without their types
export type Json = any;

/** One app of Sunshine on a stage, and calls to it. */
export async function openSunshine(stage: Stage) {
  const templates = [{ name: 'welcome', language: 'nl', status: 'APPROVED', body: 'Dag {{1}}' }];
  await stage.control('PUT', 'senders', {
    sunshine: [{ ...SUNSHINE, webhookUrl: `${stage.webhook.url}/sunshine`, templates }],
  });
  return async (method: string, path: string, body?: object, secret: string = SUNSHINE.keySecret) => {
    const response = await fetch(`${stage.addresses.sunshine}/v2/apps/${SUNSHINE.appId}${path}`, {
      method,
      headers: { authorization: `Basic ${Buffer.from(`${SUNSHINE.keyId}:${secret}`).toString('base64')}` },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: JSON.parse(await response.text()) as Json };
  };
}
