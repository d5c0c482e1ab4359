import type { HttpRequest } from '../../shared/http/handler.ts';
import { correlationQuery } from '../../shared/providers/correlation.ts';
import type { Correlation } from '../../shared/providers/provider.ts';
import { formParams, twilioSignature } from '../../shared/providers/twilio/signature.ts';
import { metaSignature } from '../../shared/providers/whatsapp/signature.ts';
import { PHONE_NUMBER_ID, PUBLIC_URL, SECRET, TELEPHONE } from '../delivery/setting.ts';

type Fields = Record<string, string>;

const request = (overrides: Partial<HttpRequest> & { path: string }): HttpRequest => ({
  method: 'POST',
  rawQuery: '',
  query: Object.fromEntries(new URLSearchParams(overrides.rawQuery ?? '')),
  headers: {},
  body: Buffer.alloc(0),
  requestId: 'r',
  ...overrides,
});

function signedByTwilio(path: string, rawQuery: string, fields: Fields, authToken: string): HttpRequest {
  const body = new URLSearchParams(fields).toString();
  const url = `${PUBLIC_URL}${path}${rawQuery === '' ? '' : `?${rawQuery}`}`;
  return request({
    path,
    rawQuery,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': twilioSignature(authToken, url, formParams(body)),
    },
    body: Buffer.from(body),
  });
}

/** Twilio reports a status of a message, as it signs it. */
export const twilioStatus = (
  service: string,
  correlation: Correlation | undefined,
  MessageStatus: string,
  more: { fields?: Fields; authToken?: string } = {},
): HttpRequest =>
  signedByTwilio(
    `/v2/hooks/twilio/${service}/status`,
    correlation ? correlationQuery(correlation) : '',
    { MessageSid: 'SM1', MessageStatus, ...more.fields },
    more.authToken ?? SECRET.authToken,
  );

/** A contact's SMS, as Twilio passes it on. */
export const twilioInbound = (service: string, fields: Fields = {}, authToken = SECRET.authToken): HttpRequest =>
  signedByTwilio(
    `/v2/hooks/twilio/${service}/inbound`,
    '',
    { MessageSid: 'SM9', From: TELEPHONE, To: '+15550001111', Body: 'Hello?', NumMedia: '0', ...fields },
    authToken,
  );

/** One webhook of Meta with these values, signed. */
export function metaWebhook(
  service: string,
  value: { statuses?: object[]; messages?: object[]; contacts?: object[] },
  more: { appSecret?: string; phoneNumberId?: string } = {},
): HttpRequest {
  const metadata = { display_phone_number: '15550783881', phone_number_id: more.phoneNumberId ?? PHONE_NUMBER_ID };
  const change = { field: 'messages', value: { messaging_product: 'whatsapp', metadata, ...value } };
  return metaChange(service, change, more);
}

/** A decision of Meta's about a template. */
export const metaTemplateStatus = (service: string, event: string, more: object = {}): HttpRequest =>
  metaChange(service, {
    field: 'message_template_status_update',
    value: {
      event,
      message_template_id: 1689556908129832,
      message_template_name: 'car_ready',
      message_template_language: 'nl',
      reason: 'NONE',
      ...more,
    },
  });

function metaChange(service: string, change: object, more: { appSecret?: string } = {}): HttpRequest {
  const body = Buffer.from(
    JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: '1', changes: [change] }] }),
  );
  return request({
    path: `/v2/hooks/whatsapp/${service}`,
    headers: {
      'content-type': 'application/json',
      'x-hub-signature-256': `sha256=${metaSignature(more.appSecret ?? SECRET.appSecret, body)}`,
    },
    body,
  });
}

export const metaStatus = (correlation: Correlation, status: string, more: object = {}): object => ({
  id: 'wamid.1',
  status,
  timestamp: '1772366400',
  recipient_id: TELEPHONE.slice(1),
  biz_opaque_callback_data: correlationQuery(correlation),
  ...more,
});

export const metaMessage = (body: string, more: object = {}): object => ({
  id: 'wamid.9',
  from: TELEPHONE.slice(1),
  timestamp: '1772366400',
  type: 'text',
  text: { body },
  ...more,
});

/** A webhook of Sunshine with these events, under the key of the service. */
export const sunshineWebhook = (service: string, events: readonly object[], key = SECRET.webhookSecret): HttpRequest =>
  request({
    path: `/v2/hooks/sunshine/${service}`,
    headers: { 'content-type': 'application/json', 'x-api-key': key },
    body: Buffer.from(JSON.stringify({ app: { id: 'a' }, webhook: { id: 'w', version: 'v2' }, events })),
  });

export const sunshineEvent = (type: string, payload: object): object => ({
  id: 'e1',
  type,
  createdAt: '2026-03-01T12:00:00.000Z',
  payload,
});

/** Meta asks whether the address of a webhook is ours. */
export const metaChallenge = (service: string, verifyToken: string): HttpRequest =>
  request({
    method: 'GET',
    path: `/v2/hooks/whatsapp/${service}`,
    rawQuery: new URLSearchParams({
      'hub.mode': 'subscribe',
      'hub.verify_token': verifyToken,
      'hub.challenge': '1158201444',
    }).toString(),
  });

export const withPath = (from: HttpRequest, path: string): HttpRequest => ({ ...from, path });
