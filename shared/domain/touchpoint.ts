/** The ways out to a contact, in the order in which they are listed to people. */
export const TOUCHPOINTS = ['email', 'sms', 'whatsapp'] as const;
export type Touchpoint = (typeof TOUCHPOINTS)[number];

/** Which identifier of the contact a touchpoint writes to. */
export const IDENTIFIER_OF: Readonly<Record<Touchpoint, 'email' | 'telephone'>> = {
  email: 'email',
  sms: 'telephone',
  whatsapp: 'telephone',
};

export const isTouchpoint = (value: unknown): value is Touchpoint =>
  TOUCHPOINTS.some((touchpoint) => touchpoint === value);
