import { ORGANIZATION } from './api-seed.ts';

// biome-ignore lint/suspicious/noExplicitAny: requests are what a client may send, wrong ones too
type Json = any;

let people = 0;

/** An email address that nobody had before. */
export const newEmail = (): string => `person${++people}@example.com`;
/** A Dutch mobile number that nobody had before, in E.164. */
export const newTelephone = (): string => `+316${String(10_000_000 + ++people)}`;

export const emailMessage = (text = 'Hey there!'): Json => ({ text, touchpoint: 'email', role: 'agent' });
export const smsMessage = (text = 'Hey there.'): Json => ({ text, touchpoint: 'sms', role: 'agent' });

/** A valid body of POST /v2/conversations: starts a conversation in `shop` by email. */
export const startRequest = (overrides: Json = {}): Json => ({
  organization: ORGANIZATION.shop,
  type: 'contact',
  contact: { profile: { name: 'John Johnson', email: newEmail() } },
  messages: [emailMessage()],
  ...overrides,
});

/** The same for a person with these identifiers; by SMS when there is no email. */
export const startWith = (profile: Json, overrides: Json = {}): Json =>
  startRequest({
    contact: { profile },
    messages: [profile.email === undefined ? smsMessage() : emailMessage()],
    ...overrides,
  });
