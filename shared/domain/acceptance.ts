import { invalid } from './errors.ts';
import { firstUsable } from './first-usable.ts';
import type { MessageBody, MessageRole, MessageType } from './message.ts';
import { isOutbound } from './message.ts';
import { isPurpose, PURPOSES } from './purpose.ts';
import { isSet, parseSet } from './set-command.ts';
import type { FilledTemplate } from './template-use.ts';
import { IDENTIFIER_OF, type Touchpoint } from './touchpoint.ts';
import { demandTemplate, type TemplateContext } from './wa-template-request.ts';

/** A message as its sender wrote it. */
export interface MessageDraft extends Omit<MessageBody, 'template' | 'fallback' | 'otherwise'> {
  readonly type: MessageType;
  readonly role: MessageRole;
  readonly user?: string;
  readonly touchpoint?: Touchpoint;
  /** Instead of `touchpoint`: the first that reaches the contact, in this order. */
  readonly touchpoints?: readonly Touchpoint[];
  readonly delay?: number;
  readonly isBackchannel?: boolean;
  /** The caller's own name for the message, unique in its conversation. */
  readonly clientId?: string;
}

/** A draft with what was decided when it was accepted: its touchpoint, and the text that the contact will read. */
export interface AcceptedDraft
  extends Omit<MessageDraft, 'touchpoints'>,
    Pick<MessageBody, 'template' | 'fallback' | 'otherwise'> {
  /** Of a team's conversation. */
  readonly team?: boolean;
}

/** What is known of the conversation and its organization when messages are accepted. */
export interface AcceptanceContext extends TemplateContext {
  readonly touchpointInForce?: Touchpoint;
  readonly contact: {
    readonly email: boolean;
    readonly telephone: boolean;
    readonly landline: boolean;
    /** WhatsApp reaches them without a telephone. */
    readonly whatsappId?: boolean;
  };
  /** Ids of the active services per touchpoint. */
  readonly services: Readonly<Partial<Record<Touchpoint, readonly string[]>>>;
  /** The contact wrote by WhatsApp within the last 24 hours. */
  readonly windowOpen: boolean;
}

export interface Acceptance {
  readonly drafts: readonly AcceptedDraft[];
  /** The touchpoint in force afterwards. */
  readonly touchpoint?: Touchpoint;
  readonly used: readonly Touchpoint[];
}

/** Longest text per touchpoint, in characters: Twilio and Meta refuse longer ones. */
const MAX_TEXT: Readonly<Partial<Record<Touchpoint, number>>> = { sms: 1600, whatsapp: 4096 };

const at = (index: number, field: string): string => `messages.${index}.${field}`;

/** Refuses what is wrong with a message whatever the conversation (contract sections 3 and 12). Throws 400. */
export function checkDrafts(drafts: readonly MessageDraft[]): void {
  drafts.forEach((draft, index) => {
    if (draft.clientId !== undefined && drafts.findIndex(({ clientId }) => clientId === draft.clientId) < index) {
      throw invalid(at(index, 'clientId'), 'stands on another message of the same request');
    }
    const purpose = isOutbound(draft) ? (draft.meta?.purpose ?? undefined) : undefined;
    if (purpose !== undefined && !isPurpose(purpose)) {
      throw invalid(at(index, 'meta.purpose'), `must be one of ${PURPOSES.map((known) => `"${known}"`).join(', ')}`);
    }
    const set = isSet(draft) ? parseSet(draft.text) : undefined;
    if (set?.ok === false) throw invalid(at(index, 'text'), set.reason);
    if (draft.type === 'status') throw invalid(at(index, 'type'), 'must not be "status": the system writes those');
    if (draft.touchpoint !== undefined && draft.touchpoints !== undefined) {
      throw invalid(at(index, 'touchpoints'), 'stands beside touchpoint: give one of the two');
    }
    const isForContact = isOutbound(draft) || (draft.role === 'contact' && draft.touchpoints === undefined);
    if ((draft.touchpoint === undefined && draft.touchpoints === undefined) || isForContact) return;
    throw invalid(
      at(index, draft.touchpoint === undefined ? 'touchpoints' : 'touchpoint'),
      draft.type === 'command'
        ? 'makes no sense on a command, which is never delivered: leave it out'
        : `makes no sense on a message of role "${draft.role}" that is never delivered to the contact; use role "agent" to reach them`,
    );
  });
}

/** Refuses what has no place in a conversation among users (contract section 2). Throws 400. */
export function checkTeamDrafts(drafts: readonly MessageDraft[]): void {
  drafts.forEach((draft, index) => {
    if (draft.touchpoint !== undefined || draft.touchpoints !== undefined) {
      throw invalid(
        at(index, draft.touchpoint === undefined ? 'touchpoints' : 'touchpoint'),
        'makes no sense in a conversation of a team, which nothing leaves; start one of type "contact" to reach somebody',
      );
    }
    if (draft.role !== 'contact' || draft.type === 'command') return;
    throw invalid(at(index, 'role'), 'must not be "contact" in a conversation of a team: it has none');
  });
}

/** A draft for a team: it goes to nobody outside, whatever its role. */
export const forTeam = ({ touchpoints: _none, ...draft }: MessageDraft): AcceptedDraft => ({ ...draft, team: true });

/** Throws 400 unless something goes out to the contact: conversations are started to reach somebody. */
export function demandOutbound(drafts: readonly MessageDraft[]): void {
  if (drafts.some(isOutbound)) return;
  throw invalid(
    'messages.0.role',
    'must be "agent" on at least one message that is not backchannel: only those reach the contact (the default role is "bot")',
    'outbound_message_required',
  );
}

/** Throws 400, naming `path`, for a touchpoint by which this contact cannot be reached. */
export const checkTouchpoint = (
  touchpoint: Touchpoint,
  path: string,
  context: Pick<AcceptanceContext, 'contact' | 'services'>,
): void => {
  const identifier = IDENTIFIER_OF[touchpoint];
  if (!context.contact[identifier] && !(touchpoint === 'whatsapp' && context.contact.whatsappId)) {
    throw invalid(
      path,
      `cannot be "${touchpoint}": the contact has no ${identifier}; give contact.profile.${identifier}`,
      'touchpoint_unavailable',
    );
  }
  if (touchpoint === 'sms' && context.contact.landline) {
    throw invalid(path, 'cannot be "sms": the telephone is a landline', 'touchpoint_unavailable');
  }
  if ((context.services[touchpoint]?.length ?? 0) === 0) {
    throw invalid(
      path,
      `cannot be "${touchpoint}": the organization has no active service for it`,
      'touchpoint_unavailable',
    );
  }
};

const withTemplate = (draft: MessageDraft, name: string, index: number, context: AcceptanceContext): AcceptedDraft => {
  const { language, parameters, header, buttons } = draft.meta ?? {};
  const { use, text } = demandTemplate(
    {
      name,
      ...(typeof language === 'string' && { language }),
      input: { parameters, header, buttons },
      paths: {
        template: at(index, 'meta.template'),
        language: at(index, 'meta.language'),
        parameters: at(index, 'meta.parameters'),
        header: at(index, 'meta.header'),
        buttons: at(index, 'meta.buttons'),
      },
    },
    context,
  );
  return {
    ...draft,
    text,
    meta: { ...draft.meta, ...(draft.text !== undefined && { callerText: draft.text }) },
    template: use,
  };
};

/** The template for the case that free text is not taken when the message is sent; the text itself may fill it. */
const demandFallback = (draft: MessageDraft, index: number, context: AcceptanceContext): FilledTemplate | undefined => {
  const { fallbackTemplate: name, fallbackParameters: parameters, language, header, buttons } = draft.meta ?? {};
  if (typeof name !== 'string') return undefined;
  return demandTemplate(
    {
      name,
      ...(typeof language === 'string' && { language }),
      input: { parameters, header, buttons, ...(draft.text !== undefined && { text: draft.text }) },
      paths: {
        template: at(index, 'meta.fallbackTemplate'),
        language: at(index, 'meta.language'),
        parameters: at(index, 'meta.fallbackParameters'),
        header: at(index, 'meta.header'),
        buttons: at(index, 'meta.buttons'),
      },
    },
    context,
  );
};

const withContent = (
  draft: MessageDraft,
  touchpoint: Touchpoint,
  index: number,
  context: AcceptanceContext,
): AcceptedDraft => {
  const name = draft.meta?.template;
  if (touchpoint === 'whatsapp' && typeof name === 'string') return withTemplate(draft, name, index, context);
  const fallback = touchpoint === 'whatsapp' ? demandFallback(draft, index, context) : undefined;
  if (touchpoint === 'whatsapp' && !context.windowOpen && !fallback) {
    throw invalid(
      at(index, 'meta.template'),
      'or meta.fallbackTemplate is required: WhatsApp takes free text only within 24 hours of a message from the contact',
      'template_required',
    );
  }
  const length = draft.text?.length ?? 0;
  if (length === 0) throw invalid(at(index, 'text'), `is required to deliver a message by ${touchpoint}`);
  const longest = MAX_TEXT[touchpoint] ?? Number.POSITIVE_INFINITY;
  if (length > longest)
    throw invalid(at(index, 'text'), `is longer than ${longest} characters, the most that ${touchpoint} takes`);
  return { ...draft, ...(fallback && { fallback }) };
};

const acceptFor = (
  draft: MessageDraft,
  touchpoint: Touchpoint,
  index: number,
  context: AcceptanceContext,
): AcceptedDraft & { touchpoint: Touchpoint } => {
  checkTouchpoint(touchpoint, at(index, 'touchpoint'), context);
  return { ...withContent(draft, touchpoint, index, context), touchpoint };
};

const demandTouchpoint = (touchpoint: Touchpoint | undefined, index: number): Touchpoint => {
  if (touchpoint !== undefined) return touchpoint;
  throw invalid(
    at(index, 'touchpoint'),
    'is required: the conversation has none in force yet; choose email, sms or whatsapp',
    'touchpoint_required',
  );
};

/**
 * Decides each message's touchpoint in array order (its own or the first of its own, else the one in force) and the text that goes out.
 * Throws 400 naming the field before anything is written; contract sections 3, 7 and 12.
 */
export function acceptDrafts(drafts: readonly MessageDraft[], context: AcceptanceContext): Acceptance {
  checkDrafts(drafts);
  let inForce = context.touchpointInForce;
  const used = new Set<Touchpoint>();
  const accepted = drafts.map(({ touchpoints, ...draft }, index): AcceptedDraft => {
    if (!isOutbound(draft)) return draft;
    const accept = (touchpoint: Touchpoint) => acceptFor(draft, touchpoint, index, context);
    const decided = touchpoints
      ? firstUsable(touchpoints, at(index, 'touchpoints'), accept)
      : accept(demandTouchpoint(draft.touchpoint ?? inForce, index));
    inForce = decided.touchpoint;
    used.add(decided.touchpoint);
    return decided;
  });
  return { drafts: accepted, ...(inForce !== undefined && { touchpoint: inForce }), used: [...used] };
}
