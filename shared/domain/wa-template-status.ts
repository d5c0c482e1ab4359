/** What an event of Meta's `message_template_status_update` makes of a template. */
const STATUS_OF_EVENT: ReadonlyMap<string, string> = new Map([
  ['APPROVED', 'APPROVED'],
  ['REINSTATED', 'APPROVED'],
  ['PENDING', 'PENDING'],
  ['REJECTED', 'REJECTED'],
  ['PAUSED', 'PAUSED'],
  ['DISABLED', 'DISABLED'],
  ['IN_APPEAL', 'IN_APPEAL'],
  ['ARCHIVED', 'ARCHIVED'],
  ['PENDING_DELETION', 'PENDING_DELETION'],
  ['DELETED', 'DELETED'],
]);

/**
 * Undefined for an event that leaves the status as it is (FLAGGED and LOCKED templates still send), or that does not
 * say what it is now (UNARCHIVED): the next sync tells. Source: Meta's message_template_status_update reference.
 */
export const statusAfter = (event: string): string | undefined => STATUS_OF_EVENT.get(event.trim().toUpperCase());

/** Refusals of Meta and Twilio by which a template is known to be off. */
const STATUS_OF_REFUSAL: ReadonlyMap<string, string> = new Map([
  ['132015', 'PAUSED'],
  ['63041', 'PAUSED'],
  ['63040', 'REJECTED'],
]);

/** What a template is, of which a provider refused to send one with the effect `template_off`. */
export const statusAfterRefusal = (code: string): string => STATUS_OF_REFUSAL.get(code) ?? 'DISABLED';
