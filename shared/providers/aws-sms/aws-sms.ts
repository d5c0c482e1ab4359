import {
  MessageType,
  PinpointSMSVoiceV2Client,
  type PinpointSMSVoiceV2ClientConfig,
  SendTextMessageCommand,
} from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { attemptOnce, LEAVING, ONE_ATTEMPT } from '../aws/one-attempt.ts';
import { correlationFields } from '../correlation.ts';
import { refused } from '../error-table.ts';
import type { Provider, SendRequest, SendResult } from '../provider.ts';
import { AWS_SMS_ERRORS } from './errors.ts';
import { readSmsEvent } from './read-event.ts';

export type AwsSmsDeps = Pick<PinpointSMSVoiceV2ClientConfig, 'endpoint' | 'region' | 'credentials'>;

/**
 * SMS by AWS End User Messaging `SendTextMessage`. `params`: originationIdentity (a number, pool or sender id),
 * configurationSet?, messageType? (TRANSACTIONAL, else PROMOTIONAL). No secret: the function's role may send. There is
 * no lookup: AWS has no list of messages.
 */
export function createAwsSms(deps: AwsSmsDeps = {}): Provider {
  const client = new PinpointSMSVoiceV2Client({ ...deps, ...ONE_ATTEMPT });

  async function send(request: SendRequest): Promise<SendResult> {
    if (request.content.kind === 'email') return refused('unsupported_content', 'content', 'An email is not an SMS.');
    const identity = request.senderId ?? request.service.params.originationIdentity;
    if (!identity) return refused('no_sender', 'sender', 'The service lacks an originationIdentity.');
    const command = commandFor(request, identity);
    const result = await attemptOnce(AWS_SMS_ERRORS, (leave) => {
      command.middlewareStack.add(
        (next) => (input) => {
          leave();
          return next(input);
        },
        LEAVING,
      );
      return client.send(command, { abortSignal: AbortSignal.timeout(request.timeoutMs) });
    });
    if ('outcome' in result) return result;
    const providerId = result.output.MessageId;
    return providerId ? { outcome: 'accepted', providerId } : NAMELESS;
  }

  return { name: 'aws-sms', touchpoints: ['sms'], send, parseEvent: readSmsEvent };
}

const NAMELESS: SendResult = {
  outcome: 'rejected',
  class: 'ambiguous',
  scope: 'request',
  code: 'unknown',
  message: 'AWS named no message.',
};

const commandFor = ({ to, content, service, correlation }: SendRequest, identity: string) =>
  new SendTextMessageCommand({
    DestinationPhoneNumber: to,
    OriginationIdentity: identity,
    MessageBody: content.text,
    MessageType:
      service.params.messageType === MessageType.PROMOTIONAL ? MessageType.PROMOTIONAL : MessageType.TRANSACTIONAL,
    ...(service.params.configurationSet && { ConfigurationSetName: service.params.configurationSet }),
    Context: correlationFields(correlation),
  });
