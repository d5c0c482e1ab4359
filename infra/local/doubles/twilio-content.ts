import { randomBytes } from 'node:crypto';
import { isFields } from './bad-input.ts';
import { jsonFields } from './json-body.ts';
import { type Answer, type Call, json } from './port.ts';
import type { Senders } from './senders.ts';
import { twilioError } from './twilio-errors.ts';

export interface TwilioContent {
  readonly sid: string;
  readonly name: string;
  readonly language: string;
  /** Text with `{{1}}` placeholders. */
  readonly body: string;
  status: 'unsubmitted' | 'approved';
}

export type TwilioContents = ReturnType<typeof createTwilioContents>;

const PATH = /^\/v1\/Content(?:\/(HX[0-9a-f]{32}))?(\/ApprovalRequests(?:\/whatsapp)?)?$/;

/** The Content API, which Twilio has at a host of its own: make a template, have it approved, read both. */
export function createTwilioContents(senders: Senders) {
  const contents = new Map<string, TwilioContent>();

  function get(sid: string): TwilioContent | undefined {
    const given = senders.twilioContent(sid);
    return (
      contents.get(sid) ?? (given && { ...given, status: given.status === 'APPROVED' ? 'approved' : 'unsubmitted' })
    );
  }

  function create(call: Call): Answer {
    const { friendly_name, language, types } = jsonFields(call.body.toString('utf8'));
    const text = isFields(types) && isFields(types['twilio/text']) ? types['twilio/text'].body : undefined;
    if (typeof language !== 'string' || typeof text !== 'string') return twilioError(20001);
    const sid = `HX${randomBytes(16).toString('hex')}`;
    const content: TwilioContent = { sid, name: String(friendly_name), language, body: text, status: 'unsubmitted' };
    contents.set(sid, content);
    return json(201, shown(content));
  }

  return {
    get,
    /** For an account whose credentials were checked. */
    answer(call: Call): Answer {
      const [, sid, approval] = PATH.exec(call.url.pathname) ?? [];
      if (sid === undefined) return call.method === 'POST' && !approval ? create(call) : twilioError(20404);
      const content = get(sid);
      if (!content) return twilioError(20404);
      if (approval === undefined) return call.method === 'GET' ? json(200, shown(content)) : twilioError(20004);
      // Meta reviews for minutes to a day; here a template is approved when it was handed in.
      if (call.method === 'POST') content.status = 'approved';
      const { name, status } = content;
      return json(call.method === 'POST' ? 201 : 200, { sid, whatsapp: { type: 'whatsapp', name, status } });
    },
  };
}

/** The content's text with its variables filled in. */
export const renderContent = ({ body }: TwilioContent, variables: Readonly<Record<string, unknown>>): string =>
  body.replace(/\{\{(\d+)\}\}/g, (whole, number) => String(variables[number] ?? whole));

const shown = ({ sid, name, language, body }: TwilioContent) => ({
  sid,
  friendly_name: name,
  language,
  variables: {},
  types: { 'twilio/text': { body } },
});
