import { randomBytes, randomUUID } from 'node:crypto';
import { type FaultBook, faultAnswer, type TakenFault } from './faults.ts';
import type { Kit } from './kit.ts';
import type { Answer, Call, Reply } from './port.ts';
import { sesError, sesSent } from './ses-answers.ts';
import { createSesEvents, fateOf } from './ses-events.ts';
import { createMailboxes } from './ses-inbound.ts';
import { headersOf, parseRawEmail, type RawEmail, rawEmailProblem } from './ses-request.ts';

const FAULT_WORDS = {
  throttled: () => sesError({ code: 'Throttling', message: 'Maximum sending rate exceeded.' }),
  broken: () => sesError({ code: 'InternalFailure', message: 'The request processing has failed.' }, 500),
  rejected: (code: string) => sesError({ code, message: `${code}: asked for by a fault` }),
};

/** Headers that concern one connection or were true only of the encoded body. */
const HOP_HEADERS = [
  'connection',
  'content-encoding',
  'content-length',
  'host',
  'keep-alive',
  'transfer-encoding',
  'expect',
];

/**
 * A tee in front of the SES emulator: keeps of `SendRawEmail` what the emulator drops (MIME, headers, tags), refuses
 * what SES refuses, and hands every request on, so that the emulator's inbox page shows the mail.
 */
export function createSes(kit: Kit, emulator: string | undefined) {
  const { now, faults, outbox } = kit;
  const report = createSesEvents(kit);
  const mailboxes = createMailboxes(kit);

  async function send(call: Call, form: URLSearchParams): Promise<Answer> {
    const email = await parseRawEmail(form);
    const text = (email.mail.text ?? textOfHtml(email.mail.html ?? '')).replace(/\r?\n$/, '');
    const fault = takeFault(faults, email, text);
    const instead = faultAnswer(fault, FAULT_WORDS);
    if (instead) return instead;
    const problem = rawEmailProblem(email);
    if (problem) {
      fault?.giveBack();
      return sesError(problem);
    }
    const messageId = (emulator && (await sentByEmulator(emulator, call))) || newMessageId(now());
    take(email, text, { messageId, failure: failureIn(fault) });
    return fault?.behaviour === 'accept-then-drop' ? 'drop' : sesSent(messageId);
  }

  /** A mail that bounces reaches nobody. */
  function take(email: RawEmail, text: string, { messageId, failure }: { messageId: string; failure?: string }): void {
    const fates = new Map(email.recipients.map((to) => [to, fateOf(to, failure)]));
    const lost = faults.losesCallbacks('ses', subjectOf(email, text));
    const reached = email.recipients.filter((to) => typeof fates.get(to) === 'string');
    keep({ ...email, recipients: reached }, text, messageId);
    if (!lost) report(email, messageId, fates);
  }

  function keep(email: RawEmail, text: string, providerId: string): void {
    const headers = headersOf(email, providerId, new Date(now()));
    mailboxes.keep(email, headers);
    for (const to of email.recipients) {
      const entry = {
        touchpoint: 'email',
        provider: 'ses',
        to,
        subject: email.mail.subject ?? '',
        text,
        headers,
        providerId,
        messageId: email.tags.m,
      } as const;
      outbox.add(entry, email.source, email.raw);
    }
  }

  return {
    /** A person writes to us. */
    receive: mailboxes.write,
    async answer(call: Call): Promise<Answer> {
      const form = new URLSearchParams(call.method === 'POST' ? call.body.toString('latin1') : '');
      if (form.get('Action') === 'SendRawEmail') return send(call, form);
      if (!emulator) return sesError({ code: 'InvalidAction', message: 'There is no emulator behind this double.' });
      return forward(emulator, call);
    },
  };
}

const subjectOf = ({ recipients, mail }: RawEmail, text: string) => ({
  to: recipients.join(', '),
  text: `${mail.subject ?? ''}\n${text}`,
});

const takeFault = (faults: FaultBook, email: RawEmail, text: string) =>
  faults.take('ses', 'send', subjectOf(email, text));

/** The code of `fail:<code>`. */
const failureIn = (fault: TakenFault | undefined): string | undefined =>
  fault?.behaviour.startsWith('fail:') ? fault.code : undefined;

/** The id under which the emulator shows the mail; nothing when it does not take it, which loses only the inbox page. */
async function sentByEmulator(emulator: string, call: Call): Promise<string | undefined> {
  const { status, body } = await forward(emulator, call);
  const id = /<MessageId>([^<]+)<\/MessageId>/.exec(body.toString())?.[1];
  if (!id) console.error(`doubles: the SES emulator did not take a mail (${status}); its inbox page lacks it`);
  return id;
}

async function forward(emulator: string, { method, url, headers, body }: Call): Promise<Reply> {
  const passed = Object.entries(headers).flatMap(([name, value]): Array<[string, string]> => {
    return value === undefined || HOP_HEADERS.includes(name) ? [] : [[name, String(value)]];
  });
  const sent = method === 'GET' || method === 'HEAD' ? undefined : new Uint8Array(body);
  try {
    const target = new URL(url.pathname + url.search, emulator);
    const response = await fetch(target, { method, headers: passed, body: sent, redirect: 'manual' });
    const received = [...response.headers].filter(([name]) => !HOP_HEADERS.includes(name));
    return {
      status: response.status,
      headers: Object.fromEntries(received),
      body: Buffer.from(await response.arrayBuffer()),
    };
  } catch {
    return sesError({ code: 'ServiceUnavailable', message: 'The SES emulator does not answer.' }, 503);
  }
}

/** In the shape of SES's own. */
const newMessageId = (at: number) =>
  `0100${at.toString(16).padStart(12, '0')}-${randomUUID()}-${randomBytes(3).toString('hex')}`;

const textOfHtml = (html: string) =>
  html
    .replace(/<(style|script)[\s\S]*?<\/\1>/gi, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
