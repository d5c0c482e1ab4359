import * as z from 'zod';
import type { Http } from '../http.ts';
import type { LookupRequest, LookupResult } from '../provider.ts';
import { type TwilioAccount, twilioAccount, twilioAddress } from './account.ts';

const MessageSchema = z.object({
  sid: z.string(),
  body: z.string().nullish(),
  from: z.string().nullish(),
  to: z.string().nullish(),
  direction: z.string().nullish(),
  messaging_service_sid: z.string().nullish(),
  date_created: z.string().nullish(),
});
const PageSchema = z.object({ messages: z.array(MessageSchema), next_page_uri: z.string().nullish() });
type Message = z.infer<typeof MessageSchema>;

const PAGE_SIZE = 200;
const MAX_PAGES = 20;
const PAGE_BYTES = 4 * 1024 * 1024;
/** Twilio's times are whole seconds of Twilio's clock. */
const CLOCK_SLACK_MS = 2000;

interface Deps {
  readonly http: Http;
  readonly baseUrl: string;
  readonly now: () => number;
}

const unclear = (message: string): LookupResult => ({ outcome: 'unclear', message });

/**
 * Finds the messages that Twilio made of a send: from this sender to this number with exactly this text, created since.
 * `absent` only after the whole list was read. The list is narrowed by `To` alone: `DateSent` knows only days, and a
 * message that still waits in Twilio's queue has no such date, so a filter might hide the very one that is looked for.
 */
export function createTwilioLookup({ http, baseUrl, now }: Deps) {
  return async function lookup(request: LookupRequest): Promise<LookupResult> {
    const account = twilioAccount(request);
    if ('outcome' in account) return unclear(account.message);
    if (request.touchpoint === 'whatsapp' && request.content.kind === 'template') {
      return unclear('How the list shows the text of a Content template is not documented.');
    }
    const deadline = now() + request.timeoutMs;
    const found: string[] = [];
    let path = `${account.messagesPath}?${new URLSearchParams({ To: addressOf(request), PageSize: String(PAGE_SIZE) })}`;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const timeoutMs = deadline - now();
      if (timeoutMs <= 0) return unclear('The list took too long.');
      const headers = { authorization: account.authorization };
      const result = await http.get(`${baseUrl}${path}`, { headers, timeoutMs, maxBytes: PAGE_BYTES });
      if (result.kind === 'failure') return unclear(result.message);
      const parsed = PageSchema.safeParse(result.body);
      if (result.status !== 200 || !parsed.success) return unclear(`The list answered ${result.status}.`);
      found.push(...parsed.data.messages.filter(isOf(request, account)).map((message) => message.sid));
      const next = parsed.data.next_page_uri;
      if (!next) return found.length > 0 ? { outcome: 'found', providerIds: found } : { outcome: 'absent' };
      if (!next.startsWith('/')) return unclear('The list continues elsewhere.');
      path = next;
    }
    return found.length > 0 ? { outcome: 'found', providerIds: found } : unclear('The list is too long.');
  };
}

const addressOf = ({ touchpoint, to }: LookupRequest): string => twilioAddress(touchpoint, to);

function isOf(request: LookupRequest, { sender }: TwilioAccount): (message: Message) => boolean {
  const isOurSender = (message: Message) =>
    'From' in sender ? message.from === sender.From : message.messaging_service_sid === sender.MessagingServiceSid;
  return (message) =>
    message.to === addressOf(request) &&
    message.body === request.content.text &&
    message.direction?.startsWith('outbound') === true &&
    isOurSender(message) &&
    Date.parse(message.date_created ?? '') >= request.since - CLOCK_SLACK_MS;
}
