import { whatsappContent } from '../../../shared/delivery/content/whatsapp.ts';
import { findFacts } from '../../../shared/delivery/facts.ts';
import { passGate } from '../../../shared/delivery/gate.ts';
import { findHold } from '../../../shared/delivery/hold.ts';
import { isUnknownCommand, UNKNOWN_COMMAND } from '../../../shared/domain/commands.ts';
import { invalid } from '../../../shared/domain/errors.ts';
import { isOutbound, type Message } from '../../../shared/domain/message.ts';
import { isOfTouchpoint, switchTouchpoint } from '../../../shared/domain/next-touchpoint.ts';
import { jsonResponse } from '../../../shared/http/errors.ts';
import type { HttpRequest, HttpResponse } from '../../../shared/http/handler.ts';
import type { SendOutcome } from '../../../shared/store/deliveries.ts';
import type { ApiParts } from '../parts.ts';
import type { Foreseen } from './foresee.ts';

/**
 * Whether a request asks what it would do instead of doing it: `dryRun=true`, in any case. Throws 400 for a value that
 * is neither `true` nor `false`: nothing leaves by a slip of the pen.
 */
export function isDryRun({ query }: HttpRequest): boolean {
  const given = Object.entries(query).find(([name]) => name.toLowerCase() === 'dryrun')?.[1];
  if (given === undefined || given === 'false') return false;
  if (given === 'true') return true;
  throw invalid('dryRun', 'must be true or false');
}

/** Why a message is not sent, by a code of docs/errors.md. */
interface Reason {
  readonly code: string;
  readonly message: string;
}

const REPEATED: Reason = { code: 'repeated', message: 'It was accepted before, and is not added again.' };

const HANDLED: Reason = {
  code: 'not_delivered',
  message: 'Only messages of role "agent" that are neither commands nor backchannel are sent to the contact.',
};

/** What becomes of each message of a request at its moment, by the rules that will judge it then. */
export async function explain(parts: ApiParts, foreseen: Foreseen): Promise<HttpResponse> {
  const { status, found, conversation, messages, replayed, conflictingContact } = foreseen;
  const explained = await Promise.all(messages.map((message) => explainMessage(parts, foreseen, message)));
  return jsonResponse(
    200,
    {
      dryRun: true,
      status,
      contact: conversation.type ? undefined : found ? { found, id: conversation.contact } : { found },
      conversation: found ? { found, id: conversation.id, status: conversation.status } : { found },
      messages: explained,
    },
    {
      ...(replayed && { 'idempotency-replayed': 'true' }),
      ...(conflictingContact && { 'x-identifier-conflict': conflictingContact }),
    },
  );
}

async function explainMessage(parts: ApiParts, foreseen: Foreseen, message: Message): Promise<object> {
  const { conversation, repeated } = foreseen;
  const { id, type, role, clientId, touchpoint, text, due } = message;
  const written = { type, role, clientId, touchpoint, text, due: new Date(due).toISOString() };
  if (repeated.has(id)) return { id, ...written, sends: false, reason: REPEATED };
  if (!isOutbound(message) || !touchpoint) {
    return { ...written, sends: false, reason: isUnknownCommand(message) ? UNKNOWN_COMMAND : HANDLED };
  }
  // Judged at its moment: a window that is open now may be over by then.
  const facts = { ...(await findFacts(parts, touchpoint, { conversation, message })), now: due };
  const service = facts.service && { id: facts.service.id, type: facts.service.type };
  const unlessNext = (refusal: SendOutcome) => {
    const reason = reasonOf(refusal);
    const next = nextOf(message, refusal);
    return next ? explainMessage(parts, foreseen, next) : { ...written, service, sends: false, reason };
  };
  const passed = passGate(facts);
  if ('state' in passed) return unlessNext(passed);
  const hold = await findHold(parts.table, passed);
  if (hold?.state === 'failed') return { ...written, service, sends: false, reason: reasonOf(hold) };
  const content = touchpoint === 'whatsapp' ? whatsappContent({ ...passed, now: hold?.notBefore ?? due }) : undefined;
  if (content && 'state' in content) return unlessNext(content);
  const template = content?.kind === 'template' ? { name: content.name, language: content.language } : undefined;
  const held = hold && { heldUntil: new Date(hold.notBefore).toISOString(), reason: reasonOf(hold) };
  return { ...written, text: content?.text ?? text, service, template, sends: true, ...held };
}

/** By its next touchpoint, where it would be tried. */
const nextOf = (message: Message, outcome: SendOutcome): Message | undefined =>
  outcome.state === 'failed' && isOfTouchpoint(outcome.error)
    ? switchTouchpoint(message, outcome.error.code)
    : undefined;

const reasonOf = (outcome: SendOutcome): Reason | undefined =>
  'error' in outcome && outcome.error ? { code: outcome.error.code, message: outcome.error.message } : undefined;
