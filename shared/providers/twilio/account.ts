import { refused } from '../error-table.ts';
import type { Rejected, SendRequest } from '../provider.ts';

type Configuration = Pick<SendRequest, 'service' | 'secret' | 'senderId' | 'touchpoint'>;
type Sender = { readonly From: string } | { readonly MessagingServiceSid: string };

export interface TwilioAccount {
  readonly messagesPath: string;
  readonly authorization: string;
  readonly sender: Sender;
}

/** A telephone number as Twilio addresses it by a touchpoint. */
export const twilioAddress = (touchpoint: SendRequest['touchpoint'], telephone: string): string =>
  touchpoint === 'whatsapp' ? `whatsapp:${telephone}` : telephone;

/**
 * Where and as whom a service sends. `params`: accountSid; `from` or messagingServiceSid for SMS, whatsappFrom for
 * WhatsApp. `secret`: an API key (apiKeySid, apiKeySecret), which Twilio prefers, or the authToken.
 */
export function twilioAccount(configuration: Configuration): TwilioAccount | Rejected {
  const { accountSid } = configuration.service.params;
  const { apiKeySid, apiKeySecret, authToken } = configuration.secret;
  const user = apiKeySid && apiKeySecret ? apiKeySid : accountSid;
  const password = apiKeySid && apiKeySecret ? apiKeySecret : authToken;
  if (!accountSid || !user || !password) {
    return refused('no_credentials', 'account', 'The service lacks an account SID, or an auth token or API key.');
  }
  const sender = senderOf(configuration);
  if (!sender) {
    return refused('no_sender', 'sender', 'The service lacks a sender: set from, messagingServiceSid or whatsappFrom.');
  }
  return {
    messagesPath: `/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/Messages.json`,
    authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
    sender,
  };
}

function senderOf({ service, senderId, touchpoint }: Configuration): Sender | undefined {
  const { from, messagingServiceSid, whatsappFrom } = service.params;
  if (touchpoint === 'whatsapp') return whatsappFrom ? { From: twilioAddress(touchpoint, whatsappFrom) } : undefined;
  const number = senderId ?? from;
  if (number) return { From: number };
  return messagingServiceSid ? { MessagingServiceSid: messagingServiceSid } : undefined;
}
