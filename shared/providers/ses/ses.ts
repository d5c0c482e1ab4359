import { SESClient, type SESClientConfig, SendRawEmailCommand } from '@aws-sdk/client-ses';
import { correlationTags } from '../correlation.ts';
import { refused } from '../error-table.ts';
import type { Provider, SendRequest, SendResult } from '../provider.ts';
import { parseSesEvent } from './events.ts';
import { rawEmail } from './mime.ts';
import { sesRefusal, sesRejection } from './rejection.ts';

export interface SesDeps extends Pick<SESClientConfig, 'endpoint' | 'region' | 'credentials'> {
  /** Of services that name none: without one SES reports nothing. */
  readonly configurationSet?: string;
}

const CONNECT_TIMEOUT_MS = 3000;
/** Node keeps connections alive while the number of sockets is limited, whatever `keepAlive` says. */
const ONE_REQUEST_PER_CONNECTION = { keepAlive: false, maxSockets: Number.POSITIVE_INFINITY };

/**
 * Email by SES `SendRawEmail`. `params`: from, replyTo?, configurationSet?. No secret: the function's role may send.
 * Where a connection drops, the SDK's default would send three times; here it is one attempt on a connection of its
 * own, because one that idled while Lambda was frozen may be dead.
 */
export function createSes({ configurationSet, ...deps }: SesDeps = {}): Provider {
  const client = new SESClient({
    ...deps,
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      httpAgent: ONE_REQUEST_PER_CONNECTION,
      httpsAgent: ONE_REQUEST_PER_CONNECTION,
    },
  });

  async function send(request: SendRequest): Promise<SendResult> {
    if (request.content.kind !== 'email') return refused('unsupported_content', 'content', 'Only emails go by SES.');
    let hasLeft = false;
    try {
      const email = await rawEmail(request, request.content, await client.config.region());
      if ('outcome' in email) return email;
      const command = new SendRawEmailCommand({
        RawMessage: { Data: email.data },
        Destinations: [email.recipient],
        Tags: correlationTags(request.correlation),
        ConfigurationSetName: request.service.params.configurationSet ?? configurationSet,
      });
      command.middlewareStack.add(
        (next) => (input) => {
          hasLeft = true;
          return next(input);
        },
        { step: 'deserialize', priority: 'low' },
      );
      const { MessageId } = await client.send(command, { abortSignal: AbortSignal.timeout(request.timeoutMs) });
      return MessageId
        ? { outcome: 'accepted', providerId: MessageId }
        : sesRejection(new Error('SES named no message.'));
    } catch (error) {
      return hasLeft ? sesRejection(error) : sesRefusal(error);
    }
  }

  return { name: 'ses', touchpoints: ['email'], send, parseEvent: parseSesEvent };
}
