import {
  SendWhatsAppMessageCommand,
  SocialMessagingClient,
  type SocialMessagingClientConfig,
} from '@aws-sdk/client-socialmessaging';
import { attemptOnce, LEAVING, ONE_ATTEMPT } from '../aws/one-attempt.ts';
import { refused } from '../error-table.ts';
import type { Provider, SendRequest, SendResult } from '../provider.ts';
import { whatsappPayload } from '../whatsapp/payload.ts';
import { AWS_SOCIAL_ERRORS } from './errors.ts';
import { readSocialEvent } from './read-event.ts';

export type AwsSocialDeps = Pick<SocialMessagingClientConfig, 'endpoint' | 'region' | 'credentials'>;

const META_API_VERSION = 'v23.0';

/**
 * WhatsApp by AWS End User Messaging Social. `params`: phoneNumberId, AWS's `phone-number-id-…`, and metaPhoneNumberId,
 * by which its events name the number. No secret: the function's role may send. AWS promises to repeat nothing of ours
 * in its events, so the id it answers with is the pointer to the message. There is no lookup.
 */
export function createAwsSocial(deps: AwsSocialDeps = {}): Provider {
  const client = new SocialMessagingClient({ ...deps, ...ONE_ATTEMPT });

  async function send(request: SendRequest): Promise<SendResult> {
    const { content, service, timeoutMs, to } = request;
    const { phoneNumberId } = service.params;
    if (content.kind === 'email') return refused('unsupported_content', 'content', 'An email is no WhatsApp message.');
    if (!phoneNumberId) return refused('no_sender', 'sender', 'The service lacks a phoneNumberId.');
    const command = new SendWhatsAppMessageCommand({
      originationPhoneNumberId: phoneNumberId,
      metaApiVersion: META_API_VERSION,
      message: Buffer.from(JSON.stringify({ ...whatsappPayload(request, content), to })),
    });
    const result = await attemptOnce(AWS_SOCIAL_ERRORS, (leave) => {
      command.middlewareStack.add(
        (next) => (input) => {
          leave();
          return next(input);
        },
        LEAVING,
      );
      return client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
    });
    if ('outcome' in result) return result;
    const providerId = result.output.messageId;
    return providerId ? { outcome: 'accepted', providerId } : NAMELESS;
  }

  return { name: 'aws-social', touchpoints: ['whatsapp'], needsPointer: true, send, parseEvent: readSocialEvent };
}

const NAMELESS: SendResult = {
  outcome: 'rejected',
  class: 'ambiguous',
  scope: 'request',
  code: 'unknown',
  message: 'AWS named no message.',
};
