import { correlationQuery } from '../correlation.ts';
import { rejectionOf } from '../error-table.ts';
import { createHttp, type HttpAnswer, type HttpDeps } from '../http.ts';
import { rejectionOfNetwork } from '../network-failure.ts';
import type { Provider, SendRequest, SendResult } from '../provider.ts';
import { twilioAccount, twilioAddress } from './account.ts';
import { parseTwilioCallback } from './callback.ts';
import { twilioContent } from './content.ts';
import { TWILIO_ERRORS } from './errors.ts';
import { createTwilioLookup } from './lookup.ts';

export interface TwilioDeps extends HttpDeps {
  readonly baseUrl?: string;
}

/** SMS and WhatsApp by Twilio Programmable Messaging: www.twilio.com/docs/messaging/api/message-resource. */
export function createTwilio({ baseUrl = 'https://api.twilio.com', ...deps }: TwilioDeps = {}): Provider {
  const http = createHttp(deps);
  const now = deps.now ?? Date.now;

  async function send(request: SendRequest): Promise<SendResult> {
    const content = twilioContent(request);
    if ('outcome' in content) return content;
    const account = twilioAccount(request);
    if ('outcome' in account) return account;
    const result = await http.postForm(
      `${baseUrl}${account.messagesPath}`,
      {
        To: twilioAddress(request.touchpoint, request.to),
        ...account.sender,
        ...content,
        StatusCallback: statusCallback(request),
      },
      { headers: { authorization: account.authorization }, timeoutMs: request.timeoutMs },
    );
    return result.kind === 'failure' ? rejectionOfNetwork(result) : readAnswer(result, now());
  }

  return {
    name: 'twilio',
    touchpoints: ['sms', 'whatsapp'],
    send,
    lookup: createTwilioLookup({ http, baseUrl, now }),
    parseCallback: (request, secret) => parseTwilioCallback(request, secret.authToken, now()),
  };
}

/** The fragment asks Twilio for three retries on any failure; it is neither sent nor signed. */
const statusCallback = ({ publicUrl, service, correlation }: SendRequest): string =>
  `${publicUrl}/v2/hooks/twilio/${encodeURIComponent(service.id)}/status?${correlationQuery(correlation)}#rc=3&rp=all`;

/** A message can be created and have failed in the same answer; no callback repeats that status. */
function readAnswer({ status, body, retryAfterMs }: HttpAnswer, now: number): SendResult {
  const answer: Readonly<Record<string, unknown>> = typeof body === 'object' && body !== null ? { ...body } : {};
  const isCreated = status >= 200 && status < 300;
  const hasFailed = answer.status === 'failed' || answer.status === 'undelivered';
  if (isCreated && !hasFailed && typeof answer.sid === 'string' && answer.sid !== '') {
    return { outcome: 'accepted', providerId: answer.sid };
  }
  const code = isCreated ? answer.error_code : answer.code;
  const message = isCreated ? answer.error_message : answer.message;
  return rejectionOf(
    TWILIO_ERRORS,
    {
      ...(!(isCreated && hasFailed) && { status }),
      ...((typeof code === 'number' || typeof code === 'string') && { code: String(code) }),
      ...(typeof message === 'string' && { message }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    },
    now,
  );
}
