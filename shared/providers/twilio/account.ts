import { refused } from '../error-table.ts';
import type { Rejected, SendRequest } from '../provider.ts';

type Configuration = Pick<SendRequest, 'service' | 'secret' | 'senderId'>;

export interface TwilioAccount {
  readonly messagesPath: string;
  readonly authorization: string;
  readonly sender: { readonly From: string } | { readonly MessagingServiceSid: string };
}

/**
 * Where and as whom a service sends. `params`: accountSid, and `from` or messagingServiceSid. `secret`: an API key
 * (apiKeySid, apiKeySecret), which Twilio prefers, or the authToken.
 */
export function twilioAccount({ service, secret, senderId }: Configuration): TwilioAccount | Rejected {
  const { accountSid, from, messagingServiceSid } = service.params;
  const { apiKeySid, apiKeySecret, authToken } = secret;
  const user = apiKeySid && apiKeySecret ? apiKeySid : accountSid;
  const password = apiKeySid && apiKeySecret ? apiKeySecret : authToken;
  if (!accountSid || !user || !password) {
    return refused('no_credentials', 'account', 'The service lacks an account SID, or an auth token or API key.');
  }
  const number = senderId ?? from;
  if (!number && !messagingServiceSid) {
    return refused('no_sender', 'sender', 'The service lacks a sender: set from or messagingServiceSid.');
  }
  return {
    messagesPath: `/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/Messages.json`,
    authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
    sender: number ? { From: number } : { MessagingServiceSid: messagingServiceSid ?? '' },
  };
}
