import { randomBytes } from 'node:crypto';

export interface TwilioMessage {
  readonly sid: string;
  readonly accountSid: string;
  readonly serviceSid: string | null;
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly direction: 'outbound-api' | 'inbound';
  readonly createdAt: number;
  status: string;
  updatedAt: number;
  errorCode: number | null;
}

type New = Pick<TwilioMessage, 'accountSid' | 'serviceSid' | 'from' | 'to' | 'body' | 'direction' | 'status'>;

const GSM7 = /^[\n\r !"#$%&'()*+,\-./0-9:;<=>?@A-Za-z_¡£¤¥§¿ÄÅÆÇÉÑÖØÜßàäåæèéìñòöøùüΓΔΘΛΞΠΣΦΨΩ^{}\\[~\]|€]*$/;
const DEFAULT_PAGE = 50;
const MAX_PAGE = 1000;

/** The Message resources of every account, as Twilio shows them. */
export function createTwilioMessages(now: () => number) {
  const messages = new Map<string, TwilioMessage>();

  return {
    add(fields: New): TwilioMessage {
      const sid = `SM${randomBytes(16).toString('hex')}`;
      const message = { ...fields, sid, createdAt: now(), updatedAt: now(), errorCode: null };
      messages.set(sid, message);
      return message;
    },
    update(message: TwilioMessage, status: string, errorCode: number | null): void {
      Object.assign(message, { status, errorCode, updatedAt: now() });
    },
    get: (accountSid: string, sid: string) => {
      const message = messages.get(sid);
      return message?.accountSid === accountSid ? message : undefined;
    },
    /** One page, newest first, narrowed by `To`, `From` and `DateSent`, `DateSent<`, `DateSent>` (each inclusive). */
    page(accountSid: string, url: URL) {
      const wanted = [...messages.values()].reverse().filter((m) => m.accountSid === accountSid && meets(m, url));
      const size = Math.min(Number(url.searchParams.get('PageSize')) || DEFAULT_PAGE, MAX_PAGE);
      const page = Number(url.searchParams.get('Page')) || 0;
      const start = page * size;
      const shown = wanted.slice(start, start + size);
      return {
        first_page_uri: pageUri(url, size, 0),
        next_page_uri: start + size < wanted.length ? pageUri(url, size, page + 1) : null,
        previous_page_uri: page > 0 ? pageUri(url, size, page - 1) : null,
        uri: pageUri(url, size, page),
        page,
        page_size: size,
        start,
        end: Math.max(start, start + shown.length - 1),
        messages: shown.map(resource),
      };
    },
  };
}

export function resource(message: TwilioMessage) {
  const uri = `/2010-04-01/Accounts/${message.accountSid}/Messages/${message.sid}`;
  return {
    sid: message.sid,
    account_sid: message.accountSid,
    api_version: '2010-04-01',
    messaging_service_sid: message.serviceSid,
    from: message.from,
    to: message.to,
    body: message.body,
    direction: message.direction,
    status: message.status,
    num_segments: message.serviceSid ? '0' : String(segments(message.body)),
    num_media: '0',
    date_created: rfc2822(message.createdAt),
    date_sent: rfc2822(message.createdAt),
    date_updated: rfc2822(message.updatedAt),
    error_code: message.errorCode,
    error_message: null,
    price: null,
    price_unit: null,
    uri: `${uri}.json`,
    subresource_uris: { media: `${uri}/Media.json` },
  };
}

export function segments(body: string): number {
  const [single, part] = GSM7.test(body) ? [160, 153] : [70, 67];
  const length = GSM7.test(body) ? body.length + (body.match(/[\^{}\\[~\]|€]/g)?.length ?? 0) : body.length;
  return length <= single ? 1 : Math.ceil(length / part);
}

const rfc2822 = (at: number) => new Date(at).toUTCString().replace('GMT', '+0000');

function meets(message: TwilioMessage, { searchParams: query }: URL): boolean {
  if (query.has('To') && query.get('To') !== message.to) return false;
  if (query.has('From') && query.get('From') !== message.from) return false;
  return ['', '<', '>'].every((sign) => {
    const wanted = query.get(`DateSent${sign}`);
    return wanted === null || sentMeets(message.createdAt, sign, wanted);
  });
}

/** Twilio compares days for `YYYY-MM-DD` and whole seconds for a moment. */
function sentMeets(sentAt: number, sign: string, wanted: string): boolean {
  const unit = /^\d{4}-\d\d-\d\d$/.test(wanted) ? 86_400_000 : 1000;
  const [sent, asked] = [Math.floor(sentAt / unit), Math.floor(Date.parse(wanted) / unit)];
  if (sign === '<') return sent <= asked;
  return sign === '>' ? sent >= asked : sent === asked;
}

function pageUri({ pathname, searchParams }: URL, size: number, page: number): string {
  const query = new URLSearchParams(searchParams);
  query.set('PageSize', String(size));
  query.set('Page', String(page));
  return `${pathname}?${query}`;
}
