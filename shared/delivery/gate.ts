import type { Service } from '../contracts/configuration.ts';
import { type Consent, type Ground, groundAgainst } from '../domain/consent.ts';
import type { Conversation } from '../domain/conversation.ts';
import type { Identifier } from '../domain/identifier.ts';
import type { Message } from '../domain/message.ts';
import { purposeOf } from '../domain/purpose.ts';
import type { Touchpoint } from '../domain/touchpoint.ts';
import type { OrganizationConfiguration } from '../store/configuration.ts';
import type { SendOutcome } from '../store/deliveries.ts';
import { refuse } from './refuse.ts';

/** What is known of a message at the moment of sending, read after its claim. `now` is epoch milliseconds. */
export interface Facts {
  readonly now: number;
  readonly touchpoint: Touchpoint;
  readonly message: Message | undefined;
  readonly conversation: Conversation | undefined;
  readonly address: Identifier | undefined;
  readonly consent: Consent;
  readonly configuration: OrganizationConfiguration | undefined;
  readonly service: Service | undefined;
}

/** A message that nothing stands against: all of it is there. */
export type Cleared = { readonly [Fact in keyof Facts]: NonNullable<Facts[Fact]> };

interface Precondition {
  /** What must hold, as a sentence. */
  readonly that: string;
  /** What becomes of a message for which it does not; undefined when it does. */
  unmet(facts: Facts): SendOutcome | undefined;
}

const CONSENT_REFUSALS: Readonly<Record<Ground, (touchpoint: Touchpoint) => SendOutcome>> = {
  stop: (touchpoint) => refuse('opted_out', `The contact does not want messages by ${touchpoint}.`),
  complaint: (touchpoint) => refuse('complained', `The contact complained of messages by ${touchpoint}.`),
  unusable: (touchpoint) => refuse('address_unusable', `The contact's address does not work for ${touchpoint}.`),
  marketing: (touchpoint) => refuse('marketing_opted_out', `The contact does not want marketing by ${touchpoint}.`),
};

/** In the order in which they are looked at: the first that does not hold decides. */
export const PRECONDITIONS: readonly Precondition[] = [
  {
    that: 'The contact is there.',
    unmet: ({ conversation, message }) =>
      conversation && message && conversation.deletedAt === undefined
        ? undefined
        : refuse('contact_deleted', 'The contact was deleted.'),
  },
  {
    that: 'The contact has an address for the touchpoint.',
    unmet: ({ address, touchpoint }) =>
      address ? undefined : refuse('no_address', `The contact has no address for ${touchpoint}.`),
  },
  {
    that: 'The contact takes messages of this purpose at this address.',
    unmet({ consent, message, touchpoint }) {
      const ground = groundAgainst(consent, purposeOf(message ?? {}));
      return ground && CONSENT_REFUSALS[ground](touchpoint);
    },
  },
  {
    that: 'The organization has an active service for the touchpoint.',
    unmet: ({ configuration, service, touchpoint }) =>
      configuration && service
        ? undefined
        : refuse('no_service', `The organization has no active service for ${touchpoint}.`),
  },
];

/** The message with all that is needed to send it; or what becomes of one that may not leave, or not now. */
export function passGate(facts: Facts): Cleared | SendOutcome {
  for (const { unmet } of PRECONDITIONS) {
    const outcome = unmet(facts);
    if (outcome) return outcome;
  }
  // The preconditions looked at every fact that may be missing.
  return facts as Cleared;
}
